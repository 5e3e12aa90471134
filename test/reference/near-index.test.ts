import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearIndex } from "../../src/reference/near-index.ts";
import { nearDistanceBits } from "../../src/reference/reference-set.ts";
import { digestFor } from "./synthetic-list.ts";

/** Bits that differ, counted in the text of the codes: slow, and with nothing in common with what is tested. */
function differingBits(left: Uint8Array, right: Uint8Array): number {
  const bits = (code: Uint8Array): string => [...code].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const [leftBits, rightBits] = [bits(left), bits(right)];
  return [...leftBits].filter((bit, at) => bit !== rightBits[at]).length;
}

function turned(code: Uint8Array, bits: readonly number[]): Uint8Array {
  const other = Uint8Array.from(code);
  for (const bit of bits) other[bit >> 3]! ^= 1 << (bit & 7);
  return other;
}

function indexOver(codes: readonly Uint8Array[]) {
  return nearIndex(Uint8Array.from(Buffer.concat(codes)).buffer, Uint32Array.from(codes, (_, reference) => 10 * reference));
}

const code = fc.uint8Array({ minLength: 32, maxLength: 32 });
const someBits = fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 64 });

describe("the near index", () => {
  it("gives the same neighbours and distances as counting the bits one by one", () => {
    fc.assert(
      fc.property(code, fc.array(someBits, { maxLength: 20 }), fc.array(code, { maxLength: 5 }), fc.integer({ min: 0, max: 256 }), (sought, changes, strangers, withinBits) => {
        const codes = [...changes.map((bits) => turned(sought, bits)), ...strangers];
        const expected = codes.map((other, at) => ({ reference: 10 * at, distanceBits: differingBits(sought, other) })).filter(({ distanceBits }) => distanceBits <= withinBits);
        expect(indexOver(codes).find(sought, withinBits)).toEqual(expected);
      }),
    );
  });

  it("ends at the limit: 31 bits are found and 32 are not, wherever they lie", () => {
    const sought = digestFor("pdq", 1);
    for (let from = 0; from < 256; from += 8) {
      const bits = Array.from({ length: 32 }, (_, index) => (from + 7 * index) % 256);
      expect(indexOver([turned(sought, bits.slice(1)), turned(sought, bits)]).find(sought, nearDistanceBits)).toEqual([{ reference: 0, distanceBits: 31 }]);
    }
  });

  it("counts all 256 bits of a complement, and none of itself", () => {
    const sought = digestFor("pdq", 2);
    const complement = sought.map((byte) => byte ^ 0xff);
    expect(indexOver([complement, sought]).find(sought, 256)).toEqual([
      { reference: 0, distanceBits: 256 },
      { reference: 10, distanceBits: 0 },
    ]);
  });

  it("searches lists of no and of one code", () => {
    const sought = digestFor("pdq", 3);
    expect(indexOver([]).find(sought, 256)).toEqual([]);
    expect(indexOver([sought]).find(sought, 0)).toEqual([{ reference: 0, distanceBits: 0 }]);
    expect(indexOver([turned(sought, [255])]).find(sought, 0)).toEqual([]);
  });

  it("refuses a code of another length", () => {
    expect(() => indexOver([]).find(digestFor("sha1", 1), 31)).toThrow(RangeError);
    expect(() => nearIndex(new ArrayBuffer(33), new Uint32Array(1))).toThrow(RangeError);
  });
});
