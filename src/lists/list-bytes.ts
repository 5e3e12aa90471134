import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Failure, systemCode } from "../failure.ts";
import type { ListFile } from "./format.ts";

const headBytes = 64 * 1024;
const chunkBytes = 256 * 1024;

/** A list file that is open. `bytes` may be drawn once; whoever opened it closes it, once or more often. */
export interface OpenedListFile extends ListFile {
  /** SHA-256, lower-case hex, and length of the bytes given out; null until they were given out to the end. */
  identity(): { readonly sha256: string; readonly sizeBytes: number } | null;
  close(): Promise<void>;
}

/**
 * Opens a list for reading it once, hashing what it gives out.
 *
 * Errors: Failure("usage") when there is no regular file to read; from `bytes`, Failure("list-refused") when the medium fails, or the file
 *         is written to meanwhile.
 */
export async function openListFile(path: string, name: string): Promise<OpenedListFile> {
  const handle = await openRegular(path, name);
  try {
    const before = await handle.stat({ bigint: true });
    const head = await readBlock(handle, headBytes, name);
    const digest = createHash("sha256");
    let sizeBytes = 0;
    let sha256: string | null = null;

    const changed = (): Failure =>
      new Failure("list-refused", `${name}: found it changed while it was read, expected the same ${before.size} bytes throughout`);

    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (let chunk = head; chunk.length > 0; chunk = await readBlock(handle, chunkBytes, name)) {
        digest.update(chunk);
        sizeBytes += chunk.length;
        // At once: a file that grows faster than it is read has no end.
        if (sizeBytes > before.size) throw changed();
        yield chunk;
      }
      const after = await handle.stat({ bigint: true });
      // A format may have opened the path by itself: it must lead to this very file still.
      const there = await stat(path, { bigint: true }).catch(() => null);
      if (there === null || there.dev !== before.dev || there.ino !== before.ino) throw changed();
      if (BigInt(sizeBytes) !== before.size || after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw changed();
      sha256 = digest.digest("hex");
    }
    return { name, head, path, bytes, identity: () => (sha256 === null ? null : { sha256, sizeBytes }), close: () => handle.close() };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

async function openRegular(path: string, name: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK opening a fifo would wait for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw new Failure("usage", `${name}: it cannot be opened (${systemCode(thrown) ?? "unknown error"}), expected a list file`, thrown);
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Failure("usage", `${name}: found no regular file, expected a list file`);
}

/** The next bytes, fewer than asked for only at the end of the file. */
async function readBlock(handle: FileHandle, length: number, name: string): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(block, filled, length - filled, null));
    } catch (thrown) {
      throw new Failure("list-refused", `${name}: reading it failed (${systemCode(thrown) ?? "unknown error"}), expected the whole file`, thrown);
    }
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return block.subarray(0, filled);
}
