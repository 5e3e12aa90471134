import type { ListFile } from "./format.ts";
import { lineRuns } from "./lines.ts";
import { refusal } from "./refusal.ts";

const begin = "-----BEGIN AGE ENCRYPTED FILE-----";
const end = "-----END AGE ENCRYPTED FILE-----";
const mostBlankLines = 1024;

/** True for the beginning of an age file in its text form; blanks may stand before it. */
export function isArmored(head: Uint8Array): boolean {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1").trimStart().startsWith(begin);
}

/**
 * The bytes that an armored age file stands for, in pieces as they come.
 *
 * Errors: Failure("list-refused") naming the line, for whatever is not lines of 64 characters of base64 (the last may be shorter) between the
 *         two marks, with nothing but blanks around them.
 * Source: "ASCII armor" in https://age-encryption.org/v1
 */
export async function* armoredBytes(file: ListFile): AsyncGenerator<Uint8Array> {
  let state: "before" | "inside" | "last line seen" | "after" = "before";
  let line = 0;
  for await (const { texts } of lineRuns(file)) {
    const pieces: Buffer[] = [];
    for (const text of texts) {
      line += 1;
      const place = { file: file.name, line };
      if (state === "before") {
        if (text.trim() !== "" && text.trimStart() !== begin) throw refusal(place, "another line", `"${begin}"`);
        if (line > mostBlankLines) throw refusal(place, "blank lines only", `"${begin}"`);
        if (text.trim() !== "") state = "inside";
      } else if (state === "after") {
        if (/[^ \t]/.test(text)) throw refusal(place, "more text after the end of the armor", "the end of the file");
      } else if (text === end) {
        state = "after";
      } else {
        if (state === "last line seen") throw refusal(place, "another line", `"${end}" after a line of less than 64 characters`);
        const piece = Buffer.from(text, "base64");
        if (text === "" || text.length > 64 || piece.toString("base64") !== text) throw refusal(place, `${text.length} characters that are no line of base64`, `64 of base64, or "${end}"`);
        if (piece.length < 48) state = "last line seen";
        pieces.push(piece);
      }
    }
    if (pieces.length > 0) yield Buffer.concat(pieces);
  }
  if (state !== "after") throw refusal({ file: file.name, line: line + 1 }, "the end of the file", `"${end}"; it is truncated`);
}
