/** A run of bits that codes are looked up by. Units: bits; `radius` is how many of them may differ. */
export interface NearChunk {
  readonly bits: number;
  readonly radius: number;
}

/** How the 256 bits are cut; empty when every code is compared. */
export type NearLayout = readonly NearChunk[];

export const codeBits = 256;

/** Bits of the chunk that follows, kept beside each posting. */
const printBits = 16;

const everyCode: NearLayout = [];
const sixteen: NearLayout = Array.from({ length: 16 }, () => ({ bits: 16, radius: 1 }));
// Wide chunks stand apart from each other: a narrow neighbour lets fewer candidates through.
const thirteen: NearLayout = [21, 19, 21, 19, 21, 18, 21, 19, 21, 18, 21, 19, 18].map((bits) => ({ bits, radius: bits === 21 ? 2 : 1 }));

const mostBits = 24;
const comparedCodes = 8192;
const codesOfSixteen = 4_000_000;

/**
 * The layout that answers fastest for so many codes, one of three.
 *
 * Source: generalised pigeonhole: codes within `reachOf` differ in at most `radius` bits of some chunk. Limits measured: comparing 8,192 codes takes 10 us,
 *         what a look-up takes; 16 and 13 chunks cost the same at 4 million codes, 60 us; at 25 million 13 take 100 us, 12 and 14 take 110, 15 and 11 take 130 to 160.
 */
export function layoutFor(codes: number): NearLayout {
  if (codes <= comparedCodes) return everyCode;
  return codes <= codesOfSixteen ? sixteen : thirteen;
}

/** Every layout that an index is made with. */
export const layouts: readonly NearLayout[] = [everyCode, sixteen, thirteen];

/** The distance up to which no code is missed. Units: bits; -1 for a layout without chunks. */
export function reachOf(layout: NearLayout): number {
  return layout.reduce((sum, { radius }) => sum + radius + 1, 0) - 1;
}

/** Whether chunks cover all bits once and are of widths that tables exist for. */
export function isLayout(layout: NearLayout): boolean {
  if (layout.length === 0) return true;
  const isWhole = layout.reduce((sum, { bits }) => sum + bits, 0) === codeBits;
  return isWhole && layout.every(({ bits, radius }) => Number.isInteger(bits) && bits >= printBits && bits <= mostBits && (radius === 0 || radius === 1 || radius === 2));
}

/** What a chunk's value differs by from the values within its radius. Shape: ascending, so that neighbouring buckets are looked at one after the other. */
export function flipsOf({ bits, radius }: NearChunk): Uint32Array {
  const flips = [0];
  for (let high = 0; high < bits && radius > 0; high++) {
    flips.push(1 << high);
    for (let low = 0; low < high && radius > 1; low++) flips.push((1 << high) | (1 << low));
  }
  return Uint32Array.from(flips).sort();
}

const hands = 11;

/**
 * Where each bit of a code stands once they are dealt, in turn to 11 hands that are then laid behind one another.
 *
 * Shape: bit k as PDQ counts them, byte 0 of a code holds bits 255..248. The bits of any chunk lie 11 or more apart: of neighbours, which
 *        depend on each other, no two help to fill the same bucket. One deal serves every layout.
 */
export function dealtPlaces(): Uint8Array {
  const places = new Uint8Array(codeBits);
  let place = 0;
  for (let hand = 0; hand < hands; hand++) for (let bit = hand; bit < codeBits; bit += hands) places[bit] = place++;
  return places;
}
