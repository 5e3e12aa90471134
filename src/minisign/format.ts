/** Words the error of a file that does not fit minisign's form, for whoever reads it. Shape: `line` counts from 1; neither text holds any of the file's. */
export type Refuse = (line: number, found: string, expected: string) => Error;

/** Begins the first line of every file of minisign. Nobody signed what follows. */
export const untrusted = "untrusted comment: ";

/** Begins the third line of a signature. */
export const trusted = "trusted comment: ";

/** Exactly so many lines, without their ends. Errors: those of `refuse`. */
export function linesOf(text: string, count: number, what: string, refuse: Refuse): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  if (lines.length < count) throw refuse(lines.length + 1, "the end", `${what} of ${count} ${count === 1 ? "line" : "lines"}`);
  if (lines.length > count) throw refuse(count + 1, "more text", `the end, after the ${count === 1 ? "one line" : `${count} lines`} of ${what}`);
  return lines;
}

/** Null unless the text is the one base64 form of its bytes: Node's own decoder passes over whatever it does not know. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

export function lengthOf(bytes: Buffer | null): string {
  return bytes === null ? "text that is not base64" : `${bytes.length} bytes`;
}

/** A key's id as minisign prints it (16 upper-case hex digits): stored with its lowest byte first, printed with its highest first. */
export function printedKeyId(stored: Uint8Array): string {
  return Buffer.from(stored).reverse().toString("hex").toUpperCase();
}

/** The 8 bytes that stand for a printed key id. */
export function storedKeyId(printed: string): Buffer {
  return Buffer.from(printed, "hex").reverse();
}
