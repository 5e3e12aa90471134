import type { NearIndex, Neighbour } from "../../src/reference/near-index.ts";

/** What `each` hands out, collected: the neighbours of every code, in their order. */
export async function findAll(index: NearIndex, codes: readonly Uint8Array[], withinBits: number): Promise<Neighbour[][]> {
  const found: Neighbour[][] = codes.map(() => []);
  await index.each(codes, withinBits, (code, reference, distanceBits) => found[code]!.push({ reference, distanceBits }));
  return found;
}
