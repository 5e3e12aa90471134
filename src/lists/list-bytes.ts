import { createHash } from "node:crypto";
import { type BigIntStats, constants, fstatSync, readdirSync } from "node:fs";
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
    const head = await readBlock(handle, headBytes, 0, name);
    const digest = createHash("sha256");
    let sizeBytes = 0;
    let sha256: string | null = null;

    const changed = (): Failure =>
      new Failure("list-refused", `${name}: found it changed while it was read, expected the same ${before.size} bytes throughout`);

    async function* blocks(): AsyncGenerator<Buffer> {
      for (let at = 0; ; ) {
        const chunk = at === 0 ? head : await readBlock(handle, chunkBytes, at, name);
        if (chunk.length === 0) return;
        at += chunk.length;
        yield chunk;
      }
    }
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for await (const chunk of blocks()) {
        digest.update(chunk);
        sizeBytes += chunk.length;
        // At once: a file that grows faster than it is read has no end.
        if (sizeBytes > before.size) throw changed();
        yield chunk;
      }
      if (BigInt(sizeBytes) !== before.size || !(await untouched())) throw changed();
      sha256 = digest.digest("hex");
    }
    async function untouched(): Promise<boolean> {
      // A format may open the path by itself: it must lead to this very file still.
      const there = await stat(path, { bigint: true }).catch(() => null);
      return there !== null && isSame(before, there) && isSame(before, await handle.stat({ bigint: true }));
    }
    async function unchanged(): Promise<void> {
      if (sha256 === null) throw new RangeError("a list is compared after its bytes were drawn to the end");
      const second = createHash("sha256");
      let secondBytes = 0;
      for (let chunk = await readBlock(handle, chunkBytes, 0, name); chunk.length > 0 && secondBytes <= sizeBytes; chunk = await readBlock(handle, chunkBytes, secondBytes, name)) {
        second.update(chunk);
        secondBytes += chunk.length;
      }
      if (second.digest("hex") !== sha256 || !(await untouched())) throw changed();
    }
    return { name, head, onDisk: { path, sizeBytes: Number(before.size), descriptors: () => descriptorsOf(before), unchanged }, bytes, identity: () => (sha256 === null ? null : { sha256, sizeBytes }), close: () => handle.close() };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

// The time of change is the one that nobody can set back.
function isSame(before: BigIntStats, now: BigIntStats): boolean {
  return now.dev === before.dev && now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs && now.ctimeNs === before.ctimeNs;
}

function descriptorsOf({ dev, ino }: BigIntStats): number {
  return readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      const status = fstatSync(Number(descriptor), { bigint: true });
      return status.dev === dev && status.ino === ino;
    } catch {
      // The one that the folder was listed with is closed by now.
      return false;
    }
  }).length;
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

/** The bytes from there on, fewer than asked for only at the end of the file. */
async function readBlock(handle: FileHandle, length: number, at: number, name: string): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(block, filled, length - filled, at + filled));
    } catch (thrown) {
      throw new Failure("list-refused", `${name}: reading it failed (${systemCode(thrown) ?? "unknown error"}), expected the whole file`, thrown);
    }
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return block.subarray(0, filled);
}
