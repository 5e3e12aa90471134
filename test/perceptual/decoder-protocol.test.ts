import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Picture } from "../../src/model.ts";
import { largestPictureBytes, nonceBytes, readReply, replyBytes, requestHeader, requestReader, writeReply } from "../../src/perceptual/decoder-protocol.ts";

const nonce = Uint8Array.from({ length: nonceBytes }, (_, at) => at + 1);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const codes = fc
  .tuple(bytes(32), fc.integer({ min: 0, max: 100 }), bytes(32), fc.integer({ min: 0, max: 100 }))
  .map(([full, fullQuality, nearest, nearestQuality]) => [
    { transform: "full", code: full, quality: fullQuality },
    { transform: "nearest-512", code: nearest, quality: nearestQuality },
  ]);
const side = fc.integer({ min: 5, max: 0xffffffff });
const pictures: fc.Arbitrary<Picture> = fc.oneof(
  fc.record({ status: fc.constantFrom("hashed" as const, "partial" as const), widthPixels: side, heightPixels: side, codes }),
  fc.record({ status: fc.constant("too-small" as const), widthPixels: fc.integer({ min: 1, max: 4 }), heightPixels: side, codes: fc.constant([]) }),
  fc.record({ status: fc.constantFrom("undecodable" as const, "too-large" as const), widthPixels: fc.constant(0), heightPixels: fc.constant(0), codes: fc.constant([]) }),
);
const hashed: Picture = {
  status: "hashed",
  widthPixels: 640,
  heightPixels: 480,
  codes: ["full", "nearest-512"].map((transform) => ({ transform, code: new Uint8Array(32).fill(7), quality: 80 })),
};
const undecodable: Picture = { status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] };

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
    expect(replyBytes).toBe(91);
  });

  it("are refused when one bit of the nonce differs", () => {
    for (let at = 0; at < nonceBytes; at++) expect(altered(hashed, at, nonce[at]! ^ 1)).toBeNull();
  });

  it("are refused with a status that does not exist", () => {
    for (const status of [0, 7, 255]) expect(altered(hashed, nonceBytes, status)).toBeNull();
  });

  it("are refused when what they say contradicts itself", () => {
    expect(altered(hashed, nonceBytes + 9, 101), "quality above 100").toBeNull();
    expect(altered(hashed, nonceBytes, 3), "too small, 640 pixels wide").toBeNull();
    expect(altered(hashed, nonceBytes, 4), "undecodable, with a code").toBeNull();
    expect(altered(undecodable, nonceBytes, 1), "hashed, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes, 3), "too small, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes + 1, 9), "undecodable, with a width").toBeNull();
    expect(altered(undecodable, replyBytes - 1, 1), "undecodable, with a bit of code").toBeNull();
  });
});
