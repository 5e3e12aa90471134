import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";

/**
 * Refuses a text of the operator's that is printed and typed again unless it is plain: it must hold nothing that deceives a terminal or an eye.
 *
 * Errors: Failure("usage") naming what the text is for.
 */
export function requirePlainText(what: string, text: string): void {
  const shown = pathText(Buffer.from(text));
  const isPlain = text !== "" && text.trim() === text && shown.replaceAll("\\\\", "\\") === text;
  if (!isPlain) throw new Failure("usage", `${what}: found "${shown}", expected printable text without blanks around it`);
}

/** Names that look the same are the same, however their letters were typed. */
export function composedName(name: string): string {
  return name.normalize("NFC");
}
