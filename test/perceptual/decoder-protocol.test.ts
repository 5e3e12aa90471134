import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PerceptualCode, Picture } from "../../src/model.ts";
import { largestPictureBytes, nonceBytes, readReply, replyBytes, requestHeader, requestReader, writeReply } from "../../src/perceptual/decoder-protocol.ts";
import { framesInReply } from "../../src/perceptual/reply-codes.ts";
import { orientations, transformAt } from "../../src/perceptual/transforms.ts";

const nonce = Uint8Array.from({ length: nonceBytes }, (_, at) => at + 1);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const percent = fc.integer({ min: 0, max: 100 });
const viewFacts = fc.record({ quality: percent, uniformPercent: percent, code: bytes(8 * 32) });

/** Codes of one frame, of some of the views. */
function codesOf(frame: number, ofViews: readonly (number | false)[], { quality, uniformPercent, code }: { quality: number; uniformPercent: number; code: Uint8Array }): PerceptualCode[] {
  return ofViews.flatMap((view) =>
    view === false
      ? []
      : orientations.map((_, orientation) => ({ transform: transformAt({ frame, view, orientation }), quality, uniformPercent: (uniformPercent + view) % 101, code: code.slice(32 * orientation, 32 * orientation + 32).map((byte) => byte ^ view) })),
  );
}

const side = fc.integer({ min: 5, max: 0xffffffff });
const status = fc.constantFrom("hashed" as const, "partial" as const, "first-page" as const);
const single: fc.Arbitrary<Picture> = fc
  .record({ status, widthPixels: side, heightPixels: side, facts: viewFacts, isTrimmed: fc.boolean(), isTrimmedLarge: fc.boolean() })
  .map(({ facts, isTrimmed, isTrimmedLarge, ...picture }) => {
    const isLarge = Math.max(picture.widthPixels, picture.heightPixels) > 512;
    return { ...picture, codes: codesOf(0, [0, isLarge && 1, isTrimmed && 2, isTrimmed && isLarge && isTrimmedLarge && 3], facts) };
  });
const several: fc.Arbitrary<Picture> = fc
  .record({ status, widthPixels: side, heightPixels: side, frames: fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1, maxLength: framesInReply }), facts: viewFacts, left: fc.nat(3) })
  .map(({ frames, facts, left, ...picture }) => ({ ...picture, codes: [...frames].sort((one, other) => one - other).flatMap((frame) => codesOf(frame, [0, left > 0 && 1, left !== 2 && 2], facts)) }));
const pictures: fc.Arbitrary<Picture> = fc.oneof(
  single,
  several,
  fc.record({ status: fc.constant("too-small" as const), widthPixels: fc.integer({ min: 1, max: 4 }), heightPixels: side, codes: fc.constant([]) }),
  fc.record({ status: fc.constantFrom("undecodable" as const, "too-large" as const), widthPixels: fc.constant(0), heightPixels: fc.constant(0), codes: fc.constant([]) }),
);
const facts = { quality: 80, uniformPercent: 12, code: new Uint8Array(256).fill(7) };
const hashed: Picture = { status: "hashed", widthPixels: 640, heightPixels: 480, codes: codesOf(0, [0, 1], facts) };
const animated: Picture = { ...hashed, codes: [1, 4, 9].flatMap((frame) => codesOf(frame, [0, 2], facts)) };
const undecodable: Picture = { status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] };

/** Where the first frame begins; of each frame the number, the views that are there, and four views of 258 bytes. */
const frameAt = nonceBytes + 9;
const frameBytes = 5 + 4 * 258;

function altered(picture: Picture, at: number, value: number): Picture | null {
  const reply = writeReply(nonce, picture);
  reply[at] = value;
  return readReply(reply, nonce);
}

describe("requests to the decoder", () => {
  it("arrive whole and in order, however the pipe cuts them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes(nonceBytes), fc.uint8Array({ maxLength: 200 }))), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (requests, cuts) => {
        const stream = Buffer.concat(requests.flatMap(([name, picture]) => [requestHeader(name, picture.length), picture]));
        const read = requestReader();
        const arrived = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = cuts[turn % cuts.length]!;
          arrived.push(...read(stream.subarray(at, at + length)));
          at += length;
        }
        expect(arrived.map((request) => [Buffer.from(request.nonce), Buffer.from(request.picture)])).toEqual(
          requests.map(([name, picture]) => [Buffer.from(name), Buffer.from(picture)]),
        );
      }),
    );
  });

  it("are refused above the size limit, on both sides", () => {
    expect(() => requestHeader(nonce, largestPictureBytes + 1)).toThrow("expected at most");
    const header = requestHeader(nonce, 0);
    new DataView(header.buffer).setUint32(nonceBytes, largestPictureBytes + 1, true);
    expect(() => requestReader()(header)).toThrow("expected at most");
    expect(() => requestHeader(nonce.subarray(1), 0)).toThrow("nonce of 15 bytes");
  });
});

describe("replies of the decoder", () => {
  it("are read as they were written", () => {
    fc.assert(fc.property(pictures, (picture) => {
      expect(readReply(writeReply(nonce, picture), nonce)).toEqual(picture);
    }));
  });

  it("cannot be written for a status that no decoder gives", () => {
    expect(() => writeReply(nonce, { ...undecodable, status: "crash" })).toThrow("status crash");
  });

  it("are refused at any other length", () => {
    const reply = writeReply(nonce, hashed);
    expect(readReply(reply.subarray(1), nonce)).toBeNull();
    expect(readReply(Buffer.concat([reply, Buffer.of(0)]), nonce)).toBeNull();
    expect(replyBytes).toBe(frameAt + framesInReply * frameBytes);
    expect(replyBytes).toBe(8321);
  });

  it("are refused when one bit of the nonce differs", () => {
    for (let at = 0; at < nonceBytes; at++) expect(altered(hashed, at, nonce[at]! ^ 1)).toBeNull();
  });

  it("are refused with a status that does not exist", () => {
    for (const status of [0, 99, 255]) expect(altered(hashed, nonceBytes, status)).toBeNull();
  });

  it("are refused when what they say contradicts itself", () => {
    expect(altered(hashed, frameAt + 5, 101), "quality above 100").toBeNull();
    expect(altered(hashed, frameAt + 6, 101), "more plain ground than all of it").toBeNull();
    expect(altered(hashed, nonceBytes, 3), "too small, 640 pixels wide").toBeNull();
    expect(altered(hashed, nonceBytes, 4), "undecodable, with a code").toBeNull();
    expect(altered(undecodable, nonceBytes, 1), "hashed, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes, 3), "too small, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes + 1, 9), "undecodable, with a width").toBeNull();
    expect(altered(undecodable, replyBytes - 1, 1), "undecodable, with a bit of code").toBeNull();
  });

  it("are refused when their frames and views contradict one another", () => {
    const presence = frameAt + 4;
    expect(altered(hashed, presence, 0b0001), "a view that is not there, with codes").toBeNull();
    expect(altered(hashed, presence, 0b0010), "squeezed alone").toBeNull();
    expect(altered(hashed, presence, 0b0000), "no view, with codes").toBeNull();
    expect(altered(hashed, presence, 0b1011), "trimmed and squeezed, not trimmed alone").toBeNull();
    expect(altered(hashed, presence, 0b10011), "a view that does not exist").toBeNull();
    expect(altered(hashed, nonceBytes + 2, 1), "squeezed as large, 384 pixels wide, 480 high").toBeNull();
    expect(altered({ ...hashed, codes: codesOf(0, [0], facts) }, frameAt + 5, 80), "not squeezed, 640 pixels wide").toBeNull();
    expect(altered(animated, frameAt + frameBytes, 1), "frame 1 twice").toBeNull();
    expect(altered(animated, frameAt + frameBytes, 10), "frame 10 before frame 9").toBeNull();
    expect(altered(animated, frameAt, 0), "a single frame among several").toBeNull();
    expect(altered(animated, frameAt + frameBytes + 4, 0), "a gap between frames").toBeNull();
    expect(altered(animated, frameAt + 3 * frameBytes, 12), "the number of a frame without codes").toBeNull();
    expect(altered(animated, replyBytes - 1, 1), "a bit behind the last frame").toBeNull();
    expect(altered(hashed, presence, 0b0111), "trimmed, of zeros, is a view like any").not.toBeNull();
  });

  it("are not written for codes that have no place in one", () => {
    const write = (codes: readonly PerceptualCode[]) => () => writeReply(nonce, { ...hashed, codes });
    const [first] = hashed.codes;
    expect(write([{ ...first!, transform: "other" }])).toThrow("a transform that is none");
    expect(write(hashed.codes.slice(1))).toThrow("expected 8 in each");
    expect(write([first!, ...hashed.codes])).toThrow("expected 8 in each");
    expect(write(Array.from({ length: 9 }, (_, at) => codesOf(at + 1, [0], facts)).flat())).toThrow("expected at most 8");
    expect(write([...codesOf(1, [0], facts), ...codesOf(2, [0], facts), ...codesOf(1, [2], facts)])).toThrow("expected the codes of a frame together");
    expect(() => writeReply(nonce, { ...undecodable, codes: hashed.codes })).not.toThrow();
    expect(readReply(writeReply(nonce, { ...undecodable, codes: hashed.codes }), nonce)).toBeNull();
  });

  it("are read or refused, and nothing else, whatever their bytes are", () => {
    fc.assert(
      fc.property(pictures, fc.array(fc.tuple(fc.nat(replyBytes - nonceBytes - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (picture, changes) => {
        const reply = writeReply(nonce, picture);
        for (const [at, value] of changes) reply[nonceBytes + at] = value;
        const read = readReply(reply, nonce);
        // What is read is all that the reply holds: written again, it is the same.
        if (read !== null) expect(Buffer.from(writeReply(nonce, read)).equals(reply)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
