import { perceivedOf } from "./decode.ts";
import { type Request, requestReader, writeReply } from "./decoder-protocol.ts";

// The entry point of the decoder process: pictures in on standard input, one frame of fixed size for each on standard output, nothing else.

const read = requestReader();

/** The parent is gone or done. A native decoder that is still at work could hold up an ordinary exit, so none is tried. */
function end(): void {
  try {
    process.kill(process.pid, "SIGKILL");
  } catch {
    // In the sandbox nobody may send signals, not even to itself.
    process.abort();
  }
}

async function answer({ nonce, mediaType, picture }: Request): Promise<void> {
  process.stdout.write(writeReply(nonce, await perceivedOf(picture, mediaType)));
}

process.stdout.on("error", end);
process.stdin.on("error", end);
process.stdin.on("end", end);
process.stdin.on("data", (piece: Uint8Array) => {
  for (const request of read(piece)) void answer(request);
});
