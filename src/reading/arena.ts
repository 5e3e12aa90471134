import { hasVectors } from "../kernels/load-kernel.ts";
import { type Md5Lanes, md5SlotBytes, startMd5Lanes } from "../kernels/md5-lanes.ts";
import type { CryptographicAlgorithm } from "../model.ts";

/** Where files are read to. Shape: with `lanes`, MD5 is theirs, of bytes that lie here; without, it is either OpenSSL's, as the others are, or not asked for. */
export interface Arena {
  readonly bytes: Buffer;
  readonly lanes: Md5Lanes | null;
}

/** What a reader's arena takes up. */
export const arenaBytes = 64 * 1024 * 1024;

/** A file that takes up more than this part of the arena is large. */
export const smallParts = 8;

/** Whether a file is read whole, in one go with others; else it is large, and read window by window. */
export function isSmall(sizeBytes: number, ofArenaBytes: number = arenaBytes): boolean {
  return md5SlotBytes(sizeBytes) <= ofArenaBytes / smallParts;
}

/** Whether this machine's readers make MD5 in lanes. */
export function md5ByLanes(): boolean {
  return hasVectors();
}

/** An arena for files of which these digests are computed. Shape: `byLanes` false: as on a processor that lacks what lanes need. Errors: those of `startMd5Lanes`. */
export function startArena(sizeBytes: number, digests: readonly CryptographicAlgorithm[], byLanes: boolean = md5ByLanes()): Arena {
  const lanes = byLanes && digests.includes("md5") ? startMd5Lanes(sizeBytes) : null;
  return { bytes: lanes?.arena ?? Buffer.allocUnsafeSlow(sizeBytes), lanes };
}

/** What is computed of a file while it is read: all that its bytes are not kept for. */
export function computedWhileReading(digests: readonly CryptographicAlgorithm[], { lanes }: Arena): readonly CryptographicAlgorithm[] {
  return lanes === null ? digests : digests.filter((name) => name !== "md5");
}
