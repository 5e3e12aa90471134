/** A member of a JSON text. Shape: `path` are the keys that lead to it, lower case; `token` is the text of a number or literal, null for the rest. */
export interface JsonMember {
  readonly path: readonly string[];
  readonly token: string | null;
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs;

/**
 * The members of a valid JSON text in order, each occurrence of a key by itself: what JSON.parse does not tell of repeated keys and long numbers.
 * Slow; for the texts that need a second look.
 */
export function jsonMembers(text: string): readonly (JsonMember & { readonly container: number })[] {
  const members: (JsonMember & { container: number; token: string | null })[] = [];
  const stack: { container: number; path: readonly string[] }[] = [];
  let containers = 0;
  let lastString = "";
  let path: readonly string[] = [];
  let afterColon = false;
  for (const [token] of text.matchAll(tokens)) {
    const within = stack.at(-1);
    if (token === "{" || token === "[") stack.push({ container: containers++, path: afterColon ? path : (within?.path ?? []) });
    else if (token === "}" || token === "]") stack.pop();
    else if (token === ":") {
      path = [...(within?.path ?? []), lastString.toLowerCase()];
      members.push({ path, token: null, container: within?.container ?? 0 });
    } else if (token.startsWith('"')) lastString = afterColon ? lastString : String(JSON.parse(token));
    else if (afterColon) members.at(-1)!.token = token;
    afterColon = token === ":";
  }
  return members;
}
