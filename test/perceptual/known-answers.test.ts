import { describe, expect, it } from "vitest";
import type { Perceived, PictureStatus } from "../../src/model.ts";
import { canaryPng } from "../../src/perceptual/canary.ts";
import { largestKnownBytes, mostHeld, startKnowing } from "../../src/perceptual/known-answers.ts";

const answerOf = (no: number, status: PictureStatus = "hashed", side = 64): Perceived => ({
  picture: { status, widthPixels: side, heightPixels: side, codes: [{ transform: "full", quality: 90, uniformPercent: 1, code: new Uint8Array(32).fill(no) }] },
  embedded: [{ name: "thumbnail", offsetBytes: 1, sizeBytes: 2, picture: { status: "too-small", widthPixels: 2, heightPixels: 2, codes: [] } }],
});
const noteOf = (known: ReturnType<typeof startKnowing>, process: number, ...numbers: readonly number[]): void => {
  for (const no of numbers) known.note(process, "image/png", Uint8Array.of(no), answerOf(no));
};
const takenBy = (known: ReturnType<typeof startKnowing>, process: number): number[] => {
  const taken: number[] = [];
  for (let one = known.take(process); one !== null; one = known.take(process)) taken.push(one.file[0]!);
  return taken;
};

describe("answers that are known from earlier processes", () => {
  it("are asked of other processes only, the last first, and each once", () => {
    const known = startKnowing();
    noteOf(known, 1, 10, 11, 12);
    known.settle(true);
    noteOf(known, 2, 20, 21);
    known.settle(true);
    expect(known.leftFor(2)).toBe(3);
    expect(takenBy(known, 2)).toEqual([12, 11, 10]);
    expect(known.leftFor(2)).toBe(0);
    expect(takenBy(known, 3)).toEqual([21, 20]);
    expect(known.held()).toBe(0);
  });

  it("are forgotten where their process was not believed, and not there before it was proved", () => {
    const known = startKnowing();
    noteOf(known, 1, 10);
    expect(known.take(2)).toBeNull();
    known.settle(false);
    known.settle(true);
    expect(known.take(2)).toBeNull();
    expect(known.held()).toBe(0);
  });

  it("are never more than eight pictures, nor one above 4 MiB or 16 megapixels, whoever is asked how often", () => {
    const known = startKnowing();
    let largest = 0;
    let most = 0;
    for (let picture = 0; picture < 3_000; picture++) {
      const process = Math.floor(picture / 200);
      known.note(process, "image/png", new Uint8Array(picture % 2 === 0 ? largestKnownBytes : largestKnownBytes + 1), answerOf(1));
      known.note(process, "image/png", new Uint8Array(9), answerOf(1, "hashed", 4097));
      most = Math.max(most, known.held());
      if (picture % 32 === 31) {
        const taken = known.take(process);
        if (taken !== null) {
          largest = Math.max(largest, taken.file.length);
          expect(taken.isAnsweredBy(answerOf(1))).toBe(true);
        }
        known.settle(true);
      }
    }
    expect(most).toBe(mostHeld);
    expect(mostHeld).toBe(8);
    expect(largest).toBe(4 * 2 ** 20);
  });

  it("are of pictures with codes of their whole, and never of the picture of the self-test", () => {
    const known = startKnowing();
    for (const status of ["partial", "sampled", "preview", "first-page", "undecodable", "too-large"] as const) known.note(1, "image/png", Uint8Array.of(1), answerOf(1, status));
    known.note(1, "image/png", Buffer.from(canaryPng()), answerOf(1));
    expect(known.held()).toBe(0);
    known.note(1, "image/png", Buffer.from(canaryPng()).fill(1, 60), answerOf(1));
    expect(known.held()).toBe(1);
  });

  it("hold copies of the bytes, and compare the whole answer to the bit, its thumbnails too", () => {
    const known = startKnowing();
    const bytes = Buffer.of(7, 8);
    known.note(1, "image/webp", bytes, answerOf(5));
    known.settle(true);
    bytes.fill(0);
    const { mediaType, file, isAnsweredBy } = known.take(2)!;
    expect([mediaType, ...file]).toEqual(["image/webp", 7, 8]);
    expect(isAnsweredBy(answerOf(5))).toBe(true);
    const { picture, embedded } = answerOf(5);
    const [thumbnail] = embedded;
    const bit = picture.codes.map((coded) => ({ ...coded, code: coded.code.with(31, 5 ^ 1) }));
    for (const other of [
      { picture: { ...picture, codes: bit }, embedded },
      { picture: { ...picture, widthPixels: 65 }, embedded },
      { picture: { ...picture, status: "partial" as const }, embedded },
      { picture, embedded: [] },
      { picture, embedded: [{ ...thumbnail!, offsetBytes: 2 }] },
      { picture, embedded: [{ ...thumbnail!, picture: { ...thumbnail!.picture, status: "undecodable" as const } }] },
    ])
      expect(isAnsweredBy(other)).toBe(false);
  });

  it("are chosen by chance among those since the last proof", () => {
    const kept = new Set<number>();
    for (let run = 0; run < 300; run++) {
      const known = startKnowing();
      noteOf(known, 1, ...Array.from({ length: 16 }, (_, no) => no));
      known.settle(true);
      const taken = takenBy(known, 2);
      expect(taken).toHaveLength(mostHeld - 1);
      expect(taken).toEqual(taken.toSorted((one, other) => other - one));
      for (const no of taken) kept.add(no);
    }
    expect(kept.size).toBe(16);
  });
});
