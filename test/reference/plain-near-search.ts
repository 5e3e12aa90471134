import type { Neighbour } from "../../src/reference/near-index.ts";

/** The plain search: every code is compared, bit counts by arithmetic. Whatever is faster has to give the same answers as this. */
export function plainNearSearch(codes: readonly Uint8Array[], references: readonly number[], sought: Uint8Array, withinBits: number): Neighbour[] {
  const found: Neighbour[] = [];
  for (const [entry, code] of codes.entries()) {
    const distanceBits = code.reduce((sum, byte, at) => sum + onesOf(byte ^ sought[at]!), 0);
    if (distanceBits <= withinBits) found.push({ reference: references[entry]!, distanceBits });
  }
  return found;
}

/** How many of the eight bits are set: sums of neighbouring bits, pairs and nibbles. */
function onesOf(byte: number): number {
  const pairs = byte - ((byte >>> 1) & 0x55);
  const nibbles = (pairs & 0x33) + ((pairs >>> 2) & 0x33);
  return (nibbles + (nibbles >>> 4)) & 0x0f;
}
