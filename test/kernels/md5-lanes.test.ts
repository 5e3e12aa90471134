import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasVectors } from "../../src/kernels/load-kernel.ts";
import { type Md5Piece, type Md5State, md5SlotBytes, md5Start, startMd5Lanes } from "../../src/kernels/md5-lanes.ts";
import { describeWith, run } from "../support/tools.ts";

const { vectors } = JSON.parse(readFileSync("fixtures/digests/vectors.json", "utf8")) as { vectors: { algorithm: string; text?: string; repeat?: [string, number]; digest: string }[] };
const published = vectors.filter(({ algorithm }) => algorithm === "md5").map(({ text, repeat, digest }) => ({ bytes: repeat === undefined ? Buffer.from(text ?? "") : Buffer.alloc(repeat[1], repeat[0]), digest }));

const lanes = startMd5Lanes(64 * 1024 * 1024);
const noise = randomBytes(4 * 1024 * 1024 + 128);
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const hex = (digests: readonly Uint8Array[]): string[] => digests.map((digest) => Buffer.from(digest).toString("hex"));

/** Puts streams into the arena behind each other. */
function laid(streams: readonly Uint8Array[]): Md5Piece[] {
  let offsetBytes = 0;
  return streams.map((bytes) => {
    lanes.arena.set(bytes, offsetBytes);
    const piece = { state: md5Start, offsetBytes, sizeBytes: bytes.length };
    offsetBytes += md5SlotBytes(bytes.length);
    return piece;
  });
}

/** Sizes at and beside a border of blocks, or of the padding's second block. */
const size = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.nat(40), fc.constantFrom(-9, -8, -1, 0, 1, 55, 56, 57)).map(([blocks, beside]) => Math.max(0, 64 * blocks + beside)) },
  { weight: 2, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.nat(4 * 1024 * 1024) },
);

describe("MD5 in lanes", () => {
  it("gives the published answers, of each by itself and of all of them as often as lanes are refilled", () => {
    expect(published.length).toBeGreaterThanOrEqual(6);
    for (const { bytes, digest } of published) expect(hex(lanes.finish(laid([bytes])))).toEqual([digest]);
    const often = [0, 1, 2, 3, 4].flatMap(() => published);
    expect(hex(lanes.finish(laid(often.map(({ bytes }) => bytes))))).toEqual(often.map(({ digest }) => digest));
  });

  it("equals OpenSSL's for 1 to 20 streams of any sizes, and leaves their bytes as they are (REQ-23)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.nat(128)), { minLength: 1, maxLength: 20, size: "max" }), (drawn) => {
        const streams = drawn.map(([sizeBytes, from]) => noise.subarray(from, from + sizeBytes));
        const pieces = laid(streams);
        const digests = hex(lanes.finish(pieces));
        expect(digests).toEqual(streams.map(md5));
        for (const [at, { offsetBytes, sizeBytes }] of pieces.entries()) expect(lanes.arena.subarray(offsetBytes, offsetBytes + sizeBytes).equals(streams[at]!)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("goes on with streams that come in windows, whichever others they share the lanes with", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(600), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 18, size: "max" }), fc.nat(200), (windows, tailBytes) => {
        const states: Md5State[] = windows.map(() => md5Start);
        const done = windows.map(() => 0);
        for (let round = 0; round < 6; round++) {
          const going = [...windows.keys()].filter((stream) => round < windows[stream]!.length);
          const pieces = laid(going.map((stream) => noise.subarray(done[stream]!, done[stream]! + 64 * windows[stream]![round]!)));
          for (const [at, state] of lanes.take(pieces.map((piece, which) => ({ ...piece, state: states[going[which]!]! }))).entries()) states[going[at]!] = state;
          for (const stream of going) done[stream]! += 64 * windows[stream]![round]!;
        }
        const tails = laid(done.map((from, stream) => noise.subarray(from, from + ((tailBytes + stream) % 200))));
        expect(hex(lanes.finish(tails.map((piece, stream) => ({ ...piece, state: states[stream]! }))))).toEqual(done.map((from, stream) => md5(noise.subarray(0, from + ((tailBytes + stream) % 200)))));
      }),
      { numRuns: 40 },
    );
  });

  it("counts the bits of streams above 512 MiB in more than 32 bits", () => {
    const [piece] = laid([Buffer.alloc(4 * 1024 * 1024)]);
    let state = md5Start;
    for (let round = 0; round < 129; round++) [state] = lanes.take([{ ...piece!, state }]) as [Md5State];
    // Source: md5sum of as many zeros.
    expect(hex(lanes.finish([{ ...piece!, state, sizeBytes: 3 }]))).toEqual(["eb98345006a13ed1ef9dc72bbe051217"]);
  });

  it("has lanes without work read nothing behind the arena", () => {
    const streams = [1, 2, 3, 4, 5].map((at) => noise.subarray(at, at + 300_000));
    const pieces = laid(streams);
    const offsetBytes = lanes.arena.length - 64;
    lanes.arena.set(noise.subarray(0, 40), offsetBytes);
    expect(hex(lanes.finish([...pieces, { state: md5Start, offsetBytes, sizeBytes: 40 }]))).toEqual([...streams, noise.subarray(0, 40)].map(md5));
  });

  it("hashes up to the last byte of the arena", () => {
    const bytes = noise.subarray(0, 100_000);
    const offsetBytes = lanes.arena.length - bytes.length;
    lanes.arena.set(bytes, offsetBytes);
    expect(hex(lanes.finish([{ state: md5Start, offsetBytes, sizeBytes: bytes.length }]))).toEqual([md5(bytes)]);
  });
});

describe("a processor with vectors", () => {
  it("is found here", () => expect(hasVectors()).toBe(true));
});

// V8 can be told to leave SSE4.1 alone, which its vectors need on this architecture.
describeWith("an x86-64 processor", process.arch === "x64", "a processor without vectors", () => {
  it("has MD5 made by OpenSSL", () => {
    const program = `import { startArena } from ${JSON.stringify(new URL("../../src/reading/arena.ts", import.meta.url).href)}; console.log(startArena(65536, ["md5", "sha256"]).lanes === null);`;
    const said = (...flags: string[]): string => run(process.execPath, [...flags, "--import", "tsx", "--input-type=module", "--eval", program]).toString().trim();
    expect([said("--no-enable-sse4-1"), said()]).toEqual(["true", "false"]);
  });
});
