import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Perceived, PerceptualCode, Picture } from "../../src/model.ts";
import { largestPictureBytes } from "../../src/picture-facts.ts";
import { nonceBytes, readReply, replyBytes, type Request, requestHeader, requestHeaderBytes, requestReader, writeReply } from "../../src/perceptual/decoder-protocol.ts";
import { withNegatives } from "../../src/perceptual/negatives.ts";
import { decodableTypes } from "../../src/perceptual/picture-types.ts";
import { mostFrames } from "../../src/perceptual/decode-limits.ts";
import { orientations, transformAt } from "../../src/perceptual/transforms.ts";
import { thumbnailName } from "../../src/perceptual/thumbnail.ts";

const nonce = Uint8Array.from({ length: nonceBytes }, (_, at) => at + 1);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Size of the picture file that replies are about. */
const sizeBytes = 5000;
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
const status = fc.constantFrom("hashed" as const, "partial" as const, "first-page" as const, "sampled" as const, "preview" as const);
const singleOf = (status: fc.Arbitrary<Picture["status"]>): fc.Arbitrary<Picture> => fc
  .record({ status, widthPixels: side, heightPixels: side, facts: viewFacts, isTrimmed: fc.boolean(), isTrimmedLarge: fc.boolean(), isOverWhite: fc.boolean(), isTrimmedOverWhite: fc.boolean() })
  .map(({ facts, isTrimmed, isTrimmedLarge, isOverWhite, isTrimmedOverWhite, ...picture }) => {
    const isLarge = Math.max(picture.widthPixels, picture.heightPixels) > 512;
    return { ...picture, codes: codesOf(0, [0, isLarge && 1, isTrimmed && 2, isTrimmed && isLarge && isTrimmedLarge && 3, isOverWhite && 4, isOverWhite && isLarge && 5, isOverWhite && isTrimmedOverWhite && 6, isOverWhite && isTrimmedOverWhite && isLarge && isTrimmedLarge && 7], facts) };
  });
const several: fc.Arbitrary<Picture> = fc
  .record({ status, widthPixels: side, heightPixels: side, frames: fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1, maxLength: mostFrames }), facts: viewFacts, left: fc.nat(3) })
  .map(({ frames, facts, left, ...picture }) => ({ ...picture, codes: [...frames].sort((one, other) => one - other).flatMap((frame) => codesOf(frame, [0, left > 0 && 1, left !== 2 && 2, left > 1 && 4, left > 2 && 6], facts)) }));
const tooSmall: fc.Arbitrary<Picture> = fc.record({ status: fc.constant("too-small" as const), widthPixels: fc.integer({ min: 1, max: 4 }), heightPixels: side, codes: fc.constant([]) });
const withoutAny: fc.Arbitrary<Picture> = fc.record({ status: fc.constantFrom("undecodable" as const, "too-large" as const), widthPixels: fc.constant(0), heightPixels: fc.constant(0), codes: fc.constant([]) });
const pictures: fc.Arbitrary<Picture> = fc.oneof(singleOf(status), several, tooSmall, withoutAny);
/** A thumbnail lies within the picture's bytes: anywhere, up to its end. */
const thumbnails: fc.Arbitrary<Perceived["embedded"][number]> = fc
  .record({ offsetBytes: fc.nat(sizeBytes - 1), length: fc.nat(sizeBytes), picture: fc.oneof(singleOf(fc.constantFrom("hashed", "partial")), tooSmall, withoutAny) })
  .map(({ offsetBytes, length, picture }) => ({ name: "thumbnail" as const, offsetBytes, sizeBytes: 1 + (length % (sizeBytes - offsetBytes)), picture }));
const perceptions: fc.Arbitrary<Perceived> = fc.record({ picture: pictures, embedded: fc.uniqueArray(thumbnails, { maxLength: 4, selector: ({ offsetBytes }) => offsetBytes }).map((found) => found.sort((one, other) => one.offsetBytes - other.offsetBytes).map((part, index) => ({ ...part, name: thumbnailName(index) }))) });
const facts = { quality: 80, uniformPercent: 12, code: new Uint8Array(256).fill(7) };
const hashed: Picture = { status: "hashed", widthPixels: 640, heightPixels: 480, codes: codesOf(0, [0, 1], facts) };
const animated: Picture = { ...hashed, codes: [1, 4, 9].flatMap((frame) => codesOf(frame, [0, 2], facts)) };
const undecodable: Picture = { status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] };

/** Where the first frame begins; of each frame the number, the views that are there, and eight views of 258 bytes. */
const frameAt = nonceBytes + 9;
const frameBytes = 5 + 8 * 258;
/** Where offset, length, status, width and height of the first of four thumbnails stand, and behind them the codes of its one frame. */
const thumbnailAt = frameAt + mostFrames * frameBytes;
const thumbnailFrameAt = thumbnailAt + 17;
const thumbnailBytes = 17 + frameBytes;
const alone = (picture: Picture): Perceived => ({ picture, embedded: [] });
const small: Picture = { status: "hashed", widthPixels: 160, heightPixels: 120, codes: codesOf(0, [0], facts) };
const withThumbnail = (picture: Picture, thumbnail: Picture = small, offsetBytes = 900, lengthBytes = 4100): Perceived => ({ picture, embedded: [{ name: "thumbnail", offsetBytes, sizeBytes: lengthBytes, picture: thumbnail }] });

function altered(perceived: Perceived | Picture, at: number, value: number): Perceived | null {
  const reply = writeReply(nonce, "picture" in perceived ? perceived : alone(perceived));
  reply[at] = value;
  return readReply(reply, nonce, sizeBytes);
}

/** The same with a number of 32 bits. */
function alteredNumber(perceived: Perceived, at: number, value: number): Perceived | null {
  const reply = writeReply(nonce, perceived);
  new DataView(reply.buffer).setUint32(at, value, true);
  return readReply(reply, nonce, sizeBytes);
}

/** The requests that a reader puts together when no more bytes come at a time than `cuts` say, in turn. */
function requestsIn(stream: Uint8Array, cuts: readonly number[] = [stream.length]): Request[] {
  const { room, came } = requestReader();
  const arrived: Request[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const piece = stream.subarray(at, at + Math.min(cuts[turn % cuts.length]!, room().length));
    expect(piece.length).toBeGreaterThan(0);
    room().set(piece);
    at += piece.length;
    const request = came(piece.length);
    if (request !== null) arrived.push(request);
  }
  return arrived;
}

describe("requests to the decoder", () => {
  it("arrive whole and in order, however the pipe cuts them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes(nonceBytes), fc.constantFrom(...decodableTypes), fc.uint8Array({ maxLength: 200 }))), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (requests, cuts) => {
        const stream = Buffer.concat(requests.flatMap(([name, type, picture]) => [requestHeader(name, type, picture.length), picture]));
        const arrived = requestsIn(stream, cuts);
        expect(arrived.map((request) => [Buffer.from(request.nonce), request.mediaType, Buffer.from(request.picture)])).toEqual(
          requests.map(([name, type, picture]) => [Buffer.from(name), type, Buffer.from(picture)]),
        );
      }),
    );
  });

  it("are refused above the size limit, on both sides", () => {
    expect(() => requestHeader(nonce, "image/png", largestPictureBytes + 1)).toThrow("expected at most");
    const header = requestHeader(nonce, "image/png", 0);
    new DataView(header.buffer).setUint32(nonceBytes + 1, largestPictureBytes + 1, true);
    expect(() => requestsIn(header)).toThrow("expected at most");
    expect(() => requestHeader(nonce.subarray(1), "image/png", 0)).toThrow("nonce of 15 bytes");
  });

  it("are refused for a media type that is not decoded, on both sides", () => {
    for (const type of ["image/jxl", "image/svg+xml", "video/mp4", "image/", ""]) expect(() => requestHeader(nonce, type, 9)).toThrow("expected one that is decoded");
    expect(requestsIn(requestHeader(nonce, "Image/JPEG; q=1", 0))).toMatchObject([{ mediaType: "image/jpeg" }]);
    const header = requestHeader(nonce, "image/png", 0);
    header[nonceBytes] = decodableTypes.length - 1;
    expect(requestsIn(header)).toMatchObject([{ mediaType: decodableTypes.at(-1) }]);
    for (const number of [decodableTypes.length, 255]) {
      header[nonceBytes] = number;
      expect(() => requestsIn(header)).toThrow(`media type ${number}, expected below ${decodableTypes.length}`);
    }
    expect(header).toHaveLength(requestHeaderBytes);
  });
});

describe("replies of the decoder", () => {
  it("are read as they were written", () => {
    fc.assert(fc.property(perceptions, (perceived) => {
      expect(readReply(writeReply(nonce, perceived), nonce, sizeBytes)).toEqual(perceived);
    }));
  });

  it("cannot be written for a status that no decoder gives", () => {
    for (const status of ["crash", "timeout", "low-quality", "off", "skipped", "unsupported"] as const) expect(() => writeReply(nonce, alone({ ...undecodable, status }))).toThrow(`status ${status}`);
  });

  it("are refused at any other length", () => {
    const reply = writeReply(nonce, alone(hashed));
    expect(readReply(reply, nonce, sizeBytes)).not.toBeNull();
    expect(readReply(reply.subarray(1), nonce, sizeBytes)).toBeNull();
    expect(readReply(Buffer.concat([reply, Buffer.of(0)]), nonce, sizeBytes)).toBeNull();
    expect(replyBytes).toBe(thumbnailAt + 4 * thumbnailBytes);
    expect(replyBytes).toBe(41473);
  });

  it("are refused when one bit of the nonce differs", () => {
    for (let at = 0; at < nonceBytes; at++) expect(altered(hashed, at, nonce[at]! ^ 1)).toBeNull();
  });

  it("are refused with a status that does not exist", () => {
    for (const status of [0, 9, 99, 255]) expect(altered(hashed, nonceBytes, status)).toBeNull();
  });

  it("are refused when what they say contradicts itself", () => {
    expect(altered(hashed, frameAt + 5, 101), "quality above 100").toBeNull();
    expect(altered(hashed, frameAt + 6, 101), "more plain ground than all of it").toBeNull();
    expect(altered(hashed, nonceBytes, 3), "too small, 640 pixels wide").toBeNull();
    expect(altered(hashed, nonceBytes, 4), "undecodable, with a code").toBeNull();
    expect(altered(undecodable, nonceBytes, 1), "hashed, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes, 3), "too small, without a size").toBeNull();
    expect(altered(undecodable, nonceBytes + 1, 9), "undecodable, with a width").toBeNull();
    expect(altered(undecodable, thumbnailAt - 1, 1), "undecodable, with a bit of code").toBeNull();
  });

  it("are refused when their frames and views contradict one another", () => {
    const presence = frameAt + 4;
    expect(altered(hashed, presence, 0b0001), "a view that is not there, with codes").toBeNull();
    expect(altered(hashed, presence, 0b0010), "squeezed alone").toBeNull();
    expect(altered(hashed, presence, 0b0000), "no view, with codes").toBeNull();
    expect(altered(hashed, presence, 0b1011), "trimmed and squeezed, not trimmed alone").toBeNull();
    expect(altered(hashed, presence, 0b10011), "over white, not squeezed, 640 pixels wide").toBeNull();
    expect(altered(hashed, presence, 0b100011), "over white and squeezed, not over white alone").toBeNull();
    expect(altered(hashed, presence, 0b1110011), "trimmed over white, of zeros, needs no border in what is stored").not.toBeNull();
    expect(altered(hashed, presence, 0b1100011), "trimmed over white, not over white as a whole").toBeNull();
    expect(altered(small, presence, 0b100001), "over white, squeezed, 160 pixels wide").toBeNull();
    expect(altered(small, presence, 0b110000), "over white, not as stored").toBeNull();
    expect(altered(hashed, nonceBytes + 2, 1), "squeezed as large, 384 pixels wide, 480 high").toBeNull();
    expect(altered({ ...hashed, codes: codesOf(0, [0], facts) }, frameAt + 5, 80), "not squeezed, 640 pixels wide").toBeNull();
    expect(altered(animated, frameAt + frameBytes, 1), "frame 1 twice").toBeNull();
    expect(altered(animated, frameAt + frameBytes, 10), "frame 10 before frame 9").toBeNull();
    expect(altered(animated, frameAt, 0), "a single frame among several").toBeNull();
    expect(altered(animated, frameAt + frameBytes + 4, 0), "a gap between frames").toBeNull();
    expect(altered(animated, frameAt + 3 * frameBytes, 12), "the number of a frame without codes").toBeNull();
    expect(altered(animated, thumbnailAt - 1, 1), "a bit behind the last frame").toBeNull();
    expect(altered(hashed, presence, 0b0111), "trimmed, of zeros, is a view like any").not.toBeNull();
  });

  it("are not written for codes that have no place in one", () => {
    const write = (codes: readonly PerceptualCode[]) => () => writeReply(nonce, alone({ ...hashed, codes }));
    const [first] = hashed.codes;
    expect(write([{ ...first!, transform: "other" }])).toThrow("a transform that is none");
    expect(write(hashed.codes.slice(1))).toThrow("expected 8 in each");
    expect(write([first!, ...hashed.codes])).toThrow("expected 8 in each");
    expect(write(Array.from({ length: mostFrames + 1 }, (_, at) => codesOf(at + 1, [0], facts)).flat())).toThrow("expected at most 16");
    expect(write([...codesOf(1, [0], facts), ...codesOf(2, [0], facts), ...codesOf(1, [2], facts)])).toThrow("expected the codes of a frame together");
    expect(write(withNegatives(hashed).codes), "negatives are made of what was read").toThrow("a transform that is none");
    expect(readReply(writeReply(nonce, alone({ ...undecodable, codes: hashed.codes })), nonce, sizeBytes)).toBeNull();
  });

  it.each([["sampled", 7], ["preview", 8]] as const)("say %s of a picture with codes, and of no other", (status, number) => {
    expect(altered(hashed, nonceBytes, number)).toEqual(alone({ ...hashed, status }));
    expect(altered(animated, nonceBytes, number)).toEqual(alone({ ...animated, status }));
    expect(altered(undecodable, nonceBytes, number), "without a size or a code").toBeNull();
    expect(altered({ status: "too-small", widthPixels: 4, heightPixels: 9, codes: [] }, nonceBytes, number), "of 4 pixels").toBeNull();
  });

  it("are read or refused, and nothing else, whatever their bytes are", () => {
    fc.assert(
      fc.property(perceptions, fc.array(fc.tuple(fc.oneof(fc.nat(replyBytes - nonceBytes - 1), fc.integer({ min: thumbnailAt - nonceBytes, max: thumbnailFrameAt - nonceBytes + 6 }), fc.nat(16)), fc.nat(255)), { minLength: 1, maxLength: 6 }), (perceived, changes) => {
        const reply = writeReply(nonce, perceived);
        for (const [at, value] of changes) reply[nonceBytes + at] = value;
        const read = readReply(reply, nonce, sizeBytes);
        // What is read is all that the reply holds: written again, it is the same.
        if (read !== null) expect(Buffer.from(writeReply(nonce, read)).equals(reply)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the thumbnail in a reply", () => {
  it("stands beside any picture, also one that could not be decoded", () => {
    for (const picture of [hashed, animated, undecodable, { ...undecodable, status: "too-large" as const }, { status: "too-small" as const, widthPixels: 4, heightPixels: 9, codes: [] }]) {
      const perceived = withThumbnail(picture);
      expect(readReply(writeReply(nonce, perceived), nonce, sizeBytes)).toEqual(perceived);
    }
  });

  it("lies within the picture's bytes, to the last of them", () => {
    expect(alteredNumber(withThumbnail(hashed, small, 0, sizeBytes - 7), thumbnailAt, 7), "up to the end").toMatchObject({ embedded: [{ offsetBytes: 7, sizeBytes: sizeBytes - 7 }] });
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt, 901), "one byte beyond the end").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt, sizeBytes), "an offset at the end").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt, 0xffffffff), "an offset that would wrap around").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt + 4, 0xffffffff), "a length that would wrap around").toBeNull();
    expect(alteredNumber(withThumbnail(hashed, small, 0, sizeBytes), thumbnailAt + 4, sizeBytes + 1), "one byte more than all").toBeNull();
    expect(readReply(writeReply(nonce, withThumbnail(hashed)), nonce, sizeBytes - 1), "a smaller picture").toBeNull();
  });

  it("is refused when what is said of it contradicts itself", () => {
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt + 4, 0), "no length, with codes").toBeNull();
    expect(alteredNumber(alone(hashed), thumbnailAt, 7), "an offset and nothing else").toBeNull();
    expect(alteredNumber(alone(hashed), thumbnailAt + 4, 7), "a length, without a size or codes").toBeNull();
    expect(alteredNumber(alone(hashed), thumbnailAt + 9, 160), "a width and nothing else").toBeNull();
    expect(altered(hashed, replyBytes - 1, 1), "a bit of code and nothing else").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt + 9, 4), "codes of 4 pixels").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt + 9, 0), "codes of no pixels").toBeNull();
    expect(alteredNumber(withThumbnail(hashed), thumbnailAt + 9, 600), "not squeezed, 600 pixels wide").toBeNull();
    expect(altered(withThumbnail(hashed), thumbnailFrameAt + 4, 0b0011), "squeezed, 160 pixels wide").toBeNull();
    expect(altered(withThumbnail(hashed), thumbnailFrameAt + 4, 0b0000), "codes of no view").toBeNull();
    expect(altered(withThumbnail(hashed), thumbnailFrameAt + 5, 101), "quality above 100").toBeNull();
    const tiny: Picture = { status: "too-small", widthPixels: 4, heightPixels: 9, codes: [] };
    expect(alteredNumber(withThumbnail(hashed, tiny), thumbnailAt + 9, 5), "a size that has codes, without any").toBeNull();
    expect(alteredNumber(withThumbnail(hashed, tiny), thumbnailAt + 13, 0), "no height").toBeNull();
  });

  it("is a single picture, neither a numbered frame nor several of them; there are up to four", () => {
    expect(alteredNumber(withThumbnail(hashed), thumbnailFrameAt, 1), "frame 1").toBeNull();
    expect(() => writeReply(nonce, withThumbnail(hashed, { ...small, codes: [...codesOf(1, [0], facts), ...codesOf(2, [0], facts)] }))).toThrow("2 frames, expected at most 1");
    const [one] = withThumbnail(hashed, small, 10, 20).embedded;
    const several = (count: number): Perceived => ({ picture: hashed, embedded: Array.from({ length: count }, (_, at) => ({ ...one!, name: thumbnailName(at), offsetBytes: 10 + at })) });
    expect(readReply(writeReply(nonce, several(4)), nonce, sizeBytes)).toEqual(several(4));
    expect(() => writeReply(nonce, several(5))).toThrow("5 pictures within a picture, expected at most 4");
    expect(alteredNumber(several(2), thumbnailAt + thumbnailBytes, 10), "twice at one place").toBeNull();
    expect(altered(several(1), thumbnailAt + 2 * thumbnailBytes, 1), "a gap between them").toBeNull();
    for (const status of [0, 6, 7, 8, 9]) expect(altered(several(1), thumbnailAt + 8, status), `status ${status}`).toBeNull();
    expect(altered(several(1), thumbnailAt + 8, 2), "partial").toMatchObject({ embedded: [{ picture: { status: "partial" } }] });
  });
});
