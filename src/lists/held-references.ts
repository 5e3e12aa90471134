import type { AlgorithmName, Reference } from "../model.ts";
import { type Place, refusal } from "./refusal.ts";

/** References of one list that wait for its end, since a later row may take them back. */
export interface HeldReferences {
  hold(key: string, reference: Reference, place: Place): void;
  /** Takes back whatever was held under the key before; nothing is no error. */
  retract(key: string): void;
  /** In the order in which they were held; those taken back have no digests, and say so. */
  runs(): Generator<readonly Reference[]>;
}

/** More rows than this are refused: about 0.9 KB of memory each. */
const mostRows = 1_000_000;
const runRows = 1024;

/** Errors: from `hold`, Failure("list-refused") above 1,000,000 rows (`most`). */
export function heldReferences(most = mostRows): HeldReferences {
  const rows: Buffer[] = [];
  // The last row of a key; earlier ones hang on it in `before`.
  const last = new Map<string, number>();
  const before = new Map<number, number>();
  const retracted = new Set<number>();
  return {
    hold(key, reference, place) {
      if (rows.length === most) throw refusal(place, `more than ${most} records`, "at most as many in one file, for any of them may be taken back at its end: split the query");
      const earlier = last.get(key);
      if (earlier !== undefined) before.set(rows.length, earlier);
      last.set(key, rows.length);
      rows.push(packed(reference));
    },
    retract(key) {
      for (let row = last.get(key); row !== undefined; row = before.get(row)) retracted.add(row);
      last.delete(key);
    },
    *runs() {
      for (let from = 0; from < rows.length; from += runRows)
        yield rows.slice(from, from + runRows).map((row, index) => {
          const reference = unpacked(row);
          return retracted.has(from + index) ? { ...reference, digests: {}, unmatchable: [], retracted: true as const } : reference;
        });
    },
  };
}

/** A reference as one block of bytes: a third of what its parts take by themselves. */
function packed({ digests, ...rest }: Reference): Buffer {
  const present = Object.entries(digests) as [AlgorithmName, Uint8Array][];
  const head = Buffer.from(JSON.stringify({ ...rest, algorithms: present.map(([algorithm, { length }]) => [algorithm, length]) }));
  const lengthBytes = Buffer.alloc(4);
  lengthBytes.writeUInt32LE(head.length);
  return Buffer.concat([lengthBytes, head, ...present.map(([, digest]) => digest)]);
}

function unpacked(row: Buffer): Reference {
  const headEnd = 4 + row.readUInt32LE();
  const { algorithms, ...rest } = JSON.parse(row.toString("utf8", 4, headEnd)) as Omit<Reference, "digests"> & { readonly algorithms: readonly (readonly [AlgorithmName, number])[] };
  const digests: Partial<Record<AlgorithmName, Uint8Array>> = {};
  let at = headEnd;
  for (const [algorithm, length] of algorithms) {
    digests[algorithm] = Uint8Array.from(row.subarray(at, at + length));
    at += length;
  }
  return { ...rest, digests };
}
