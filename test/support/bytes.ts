/** One part of a binary file: hex digits, text, a number of 4 bytes (low first), or zeros up to a position. */
export type Part = { readonly hex: string } | { readonly ascii: string } | { readonly utf16: string } | { readonly u32: number } | { readonly zerosTo: number };

/** The bytes that a JSON array of parts describes. */
export function bytesOf(description: string): Buffer {
  let content: Buffer = Buffer.alloc(0);
  for (const part of JSON.parse(description) as readonly Part[]) content = Buffer.concat([content, partBytes(part, content.length)]);
  return content;
}

function partBytes(part: Part, at: number): Buffer {
  if ("hex" in part) return Buffer.from(part.hex, "hex");
  if ("ascii" in part) return Buffer.from(part.ascii, "latin1");
  if ("utf16" in part) return Buffer.from(part.utf16, "utf16le");
  if ("zerosTo" in part) return Buffer.alloc(part.zerosTo - at);
  const number = Buffer.alloc(4);
  number.writeUInt32LE(part.u32);
  return number;
}
