import type { Entry } from "../model.ts";
import type { ReadingOrder } from "./record.ts";

/** Files from this size on are read last. Units: bytes. */
const lateBytes = 1024 * 1024 * 1024;

/** Length of an entry's place, behind which its path stands in the key that it is put in order by. */
export const placeBytes = 20;

const words = 2 ** 32;

/**
 * Writes an entry's place in the order of reading, such that the bytes of places compare as they are to be read: files of less than `lateBytes` by their class, then the larger ones
 * from small to large, for one of them (a sparse file costs its maker nothing) could hold up all the others. Within a class by inode where that is asked for.
 *
 * Errors: RangeError for a size or a class that is no whole number, and for a class below 0 or beyond 32 bits.
 */
export function writePlace(into: DataView, at: number, entry: Entry, order: ReadingOrder | undefined): void {
  const late = entry.sizeBytes < lateBytes ? 0 : entry.sizeBytes;
  const inClass = order?.classOf(entry) ?? 0;
  if (!Number.isInteger(entry.sizeBytes)) throw new RangeError(`record: found a file of ${entry.sizeBytes} bytes, expected a whole number of them`);
  if (inClass >>> 0 !== inClass) throw new RangeError(`record: found the class of reading ${inClass}, expected a whole number from 0 on`);
  into.setUint32(at, Math.floor(late / words));
  into.setUint32(at + 4, late % words);
  into.setUint32(at + 8, inClass);
  // An inode above 2^63 is taken for the negative number of the same bits, which comes first: any order is as good as another there, and plans had this one.
  into.setBigUint64(at + 12, order?.within === "inode" ? BigInt.asUintN(64, entry.inode) ^ (1n << 63n) : 0n);
}
