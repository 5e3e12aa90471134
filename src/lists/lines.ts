import { isAscii } from "node:buffer";
import type { ListFile } from "./format.ts";
import { refusal } from "./refusal.ts";
import { utf8Chunks } from "./text.ts";

/** No line, and no JSON object, of a list may be longer than this. */
export const longestItemBytes = 1024 * 1024;

type Stray = "\0" | "\r" | "\ufeff" | "separator";
const strays: Readonly<Record<Stray, readonly [found: string, expected: string]>> = {
  "\0": ["a NUL character", "text to its end"],
  "\r": ["a carriage return that no line feed follows", "lines that end in LF or CR LF"],
  "\ufeff": ["a byte order mark that is not at the start of the file", "one file, not several joined"],
  separator: ["a separator (vertical tab, form feed, U+0085, U+2028 or U+2029) with a digest after it", "rows that end in LF or CR LF"],
};

const separators = /[\v\f\u0085\u2028\u2029]/;

/** Consecutive lines without their ends. Shape: `first` is the number of texts[0], counted from 1. */
export interface LineRun {
  readonly first: number;
  readonly texts: readonly string[];
}

/**
 * The lines of a list file in runs; the same lines for any chunks. Ends of line are LF or CR LF; the last line may lack it.
 *
 * Shape:  bytes that are no UTF-8 become U+FFFD and never swallow what follows them; whoever uses a text checks it (`plainText`).
 * Errors: Failure("list-refused") for a line above `longestItemBytes`, and for what hides rows: a CR without LF (other programs end rows with it),
 *         another separator of lines (VT, FF, NEL, LS, PS) with 32 hex digits after it in its line, a NUL (a block that was never written), a byte order mark
 *         after the file's first character (files joined). Lines before it come first.
 */
export async function* lineRuns(file: ListFile): AsyncGenerator<LineRun> {
  let first = 1;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of utf8Chunks(file)) {
    const end = chunk.lastIndexOf(0x0a);
    if (end !== -1) {
      const block = pending.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...pending, chunk.subarray(0, end)]);
      const { texts, stray } = linesOf(block, true);
      checkLengths(file.name, first, texts, block.length);
      if (texts.length > 0) yield { first, texts };
      first += texts.length;
      if (stray !== null) throw refusal({ file: file.name, line: first }, ...strays[stray]);
      pending = [];
      pendingBytes = 0;
    }
    if (end + 1 < chunk.length) {
      pending.push(chunk.subarray(end + 1));
      pendingBytes += chunk.length - end - 1;
      if (pendingBytes > longestItemBytes) throw tooLong(file.name, first);
    }
  }
  if (pendingBytes === 0) return;
  const { texts, stray } = linesOf(Buffer.concat(pending), false);
  if (stray !== null) throw refusal({ file: file.name, line: first }, ...strays[stray]);
  yield { first, texts };
}

// Those before the first stray character only, if there is one: a fault in a row before it is met first, however the file is cut.
function linesOf(block: Buffer, ended: boolean): { readonly texts: readonly string[]; readonly stray: Stray | null } {
  const ascii = isAscii(block);
  const text = ascii ? block.toString("latin1") : block.toString("utf8");
  const returns = block.includes(0x0d);
  const found = [
    ascii ? -1 : text.indexOf("\ufeff"),
    block.includes(0) ? text.indexOf("\0") : -1,
    block.includes(0x0b) || block.includes(0x0c) || !ascii ? separatorAt(text) : -1,
    returns ? text.search(ended ? /\r(?!\n|$)/ : /\r(?!\n)/) : -1,
  ].filter((at) => at !== -1);
  const at = Math.min(...found);
  const texts = text.slice(0, at).split("\n");
  if (found.length > 0) texts.pop();
  const lines = returns ? texts.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line)) : texts;
  return { texts: lines, stray: found.length > 0 ? strayOf(text[at]!) : null };
}

// A name may hold such a character; what follows it is a row that is hidden only where it has a digest.
function separatorAt(text: string): number {
  for (let at = text.search(separators); at !== -1; ) {
    const end = text.indexOf("\n", at);
    if (/[0-9a-f]{32}/i.test(text.slice(at, end === -1 ? text.length : end))) return at;
    const next = end === -1 ? -1 : text.slice(end).search(separators);
    at = next === -1 ? -1 : end + next;
  }
  return -1;
}

function strayOf(character: string): Stray {
  return character === "\0" || character === "\r" || character === "\ufeff" ? character : "separator";
}

function checkLengths(file: string, first: number, texts: readonly string[], blockBytes: number): void {
  if (blockBytes <= longestItemBytes) return;
  const long = texts.findIndex((text) => text.length > longestItemBytes || (text.length > longestItemBytes / 4 && Buffer.byteLength(text) > longestItemBytes));
  if (long !== -1) throw tooLong(file, first + long);
}

function tooLong(file: string, line: number): Error {
  return refusal({ file, line }, "a line of more than 1 MiB", "one row a line");
}
