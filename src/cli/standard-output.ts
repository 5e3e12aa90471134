import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemCode } from "../failure.ts";

/** Writes text to standard output no faster than its reader takes it. A reader that went away is no error: the rest is dropped. */
export async function writeOut(chunks: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(chunks), process.stdout, { end: false });
  } catch (thrown) {
    if (systemCode(thrown) !== "EPIPE" && systemCode(thrown) !== "ERR_STREAM_PREMATURE_CLOSE") throw thrown;
  }
}

/** Waits until everything printed has left the process: an exit drops what still waits for a pipe. */
export async function flushed(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) if (!stream.destroyed) await new Promise<void>((resolve) => stream.write("", () => resolve()));
}
