import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import { perceivedOf } from "./decode.ts";
import { type Request, requestReader, writeReply } from "./decoder-protocol.ts";
import { letGo } from "./decoding-memory.ts";

// The entry point of the decoder process: pictures in on standard input, one frame of fixed size for each on standard output, nothing else.

const requests = requestReader();

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
  letGo(picture);
}

process.stdout.on("error", end);
// What comes is read to where it belongs: through the buffers of `process.stdin` every byte would be copied once more.
const byRequests: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: requests.room,
    callback: (lengthBytes) => {
      const request = requests.came(lengthBytes);
      if (request !== null) void answer(request);
      return true;
    },
  },
};
const input = new Socket(byRequests);
input.on("error", end);
input.on("end", end);
