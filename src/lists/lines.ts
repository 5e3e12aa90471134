import { isAscii } from "node:buffer";
import type { ListFile } from "./format.ts";
import { refusal } from "./refusal.ts";
import { utf8Chunks } from "./text.ts";

/** No line, and no JSON object, of a list may be longer than this. */
export const longestItemBytes = 1024 * 1024;

/** Consecutive lines without their ends. Shape: `first` is the number of texts[0], counted from 1. */
export interface LineRun {
  readonly first: number;
  readonly texts: readonly string[];
}

/**
 * The lines of a list file in runs; the same lines for any chunks. Ends of line are LF or CR LF; the last line may lack it.
 *
 * Shape:  bytes that are no UTF-8 become U+FFFD and never swallow what follows them; whoever uses a text checks it (`plainText`).
 * Errors: Failure("list-refused") for a line above `longestItemBytes`.
 */
export async function* lineRuns(file: ListFile): AsyncGenerator<LineRun> {
  let first = 1;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of utf8Chunks(file)) {
    const end = chunk.lastIndexOf(0x0a);
    if (end !== -1) {
      const block = pending.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...pending, chunk.subarray(0, end)]);
      const texts = linesOf(block);
      checkLengths(file.name, first, texts, block.length);
      yield { first, texts };
      first += texts.length;
      pending = [];
      pendingBytes = 0;
    }
    if (end + 1 < chunk.length) {
      pending.push(chunk.subarray(end + 1));
      pendingBytes += chunk.length - end - 1;
      if (pendingBytes > longestItemBytes) throw tooLong(file.name, first);
    }
  }
  if (pendingBytes > 0) yield { first, texts: linesOf(Buffer.concat(pending)) };
}

function linesOf(block: Buffer): readonly string[] {
  const text = isAscii(block) ? block.toString("latin1") : block.toString("utf8");
  const texts = text.split("\n");
  if (!text.includes("\r")) return texts;
  return texts.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

function checkLengths(file: string, first: number, texts: readonly string[], blockBytes: number): void {
  if (blockBytes <= longestItemBytes) return;
  const long = texts.findIndex((text) => text.length > longestItemBytes || (text.length > longestItemBytes / 4 && Buffer.byteLength(text) > longestItemBytes));
  if (long !== -1) throw tooLong(file, first + long);
}

function tooLong(file: string, line: number): Error {
  return refusal({ file, line }, "a line of more than 1 MiB", "one row a line");
}
