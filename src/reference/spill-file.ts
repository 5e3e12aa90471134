import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, readSync, unlinkSync } from "node:fs";
import { chunkCipher, keyBytes, saltBytes, tagBytes } from "./chunk-cipher.ts";
import { damaged } from "./segment-format.ts";
import { writeAll } from "./segment-writer.ts";

/** What does not fit into memory while a segment is being made. */
export interface SpillFile {
  /** Number of the piece, for `read`. */
  write(bytes: Uint8Array): number;
  /** Errors: Failure("reference-damaged") when the medium does not give back what was written. */
  read(piece: number): Uint8Array;
  close(): void;
}

/**
 * A file without a name, sealed with a key that exists in this process alone: whenever the process ends, however it does, it is gone.
 *
 * Shape:  `path` is where it has its name for an instant, in the folder that is to hold the segment.
 * Errors: the operating system's.
 */
export function spillFile(path: string, where: string): SpillFile {
  const cipher = chunkCipher(randomBytes(keyBytes), randomBytes(saltBytes));
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  unlinkSync(path);
  const pieces: { readonly offset: number; readonly sealedBytes: number }[] = [];
  let end = 0;
  const placeOf = (chunk: number) => ({ section: 1, name: "spilled", chunk, last: false });
  return {
    write(bytes) {
      const piece = pieces.length;
      const [text, tag] = cipher.seal(placeOf(piece), bytes);
      writeAll(descriptor, text, end);
      writeAll(descriptor, tag, end + text.length);
      pieces.push({ offset: end, sealedBytes: text.length + tagBytes });
      end += text.length + tagBytes;
      return piece;
    },
    read(piece) {
      const { offset, sealedBytes } = pieces[piece]!;
      const sealed = Buffer.allocUnsafe(sealedBytes);
      let got = 0;
      while (got < sealedBytes) {
        const more = readSync(descriptor, sealed, got, sealedBytes - got, offset + got);
        if (more === 0) throw damaged(where, "a temporary file that ends early", "all that was written to it");
        got += more;
      }
      const bytes = cipher.open(placeOf(piece), sealed);
      if (bytes === null) throw damaged(where, "a temporary file other than it was written", "a medium that keeps what is written to it");
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}
