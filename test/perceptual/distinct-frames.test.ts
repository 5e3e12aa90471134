import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PerceptualCode } from "../../src/model.ts";
import { alikeBits, distinctFrames, type FrameSketch, sketchOf } from "../../src/perceptual/distinct-frames.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { orientations, views } from "../../src/perceptual/transforms.ts";
import { photoPixels } from "../support/pictures.ts";
import { distanceBits } from "./vectors.ts";

/** A frame whose views all have one code, turned in whatever way: of a seed, with so many bits turned. */
function sketch(seed: number, turnedBits = 0, isPoor = false): FrameSketch {
  const code = Uint8Array.from({ length: 32 }, (_, at) => (Math.imul(seed + 1, 2654435761) ^ Math.imul(at + 7, 40503 * (seed + 3))) >>> 11);
  for (let bit = 0; bit < turnedBits; bit++) code[bit >> 3]! ^= 1 << (bit & 7);
  const codes = Uint8Array.from({ length: orientations.length * 32 }, (_, at) => code[at % 32]!);
  return views.map(() => ({ codes, isFair: !isPoor }));
}

const still = (count: number): FrameSketch[] => Array.from({ length: count }, () => sketch(1));
const replaced = (frames: readonly FrameSketch[], at: number, frame: FrameSketch | null): (FrameSketch | null)[] => frames.map((each, index) => (index === at ? frame : each));
const anyFrames = fc.array(fc.option(fc.record({ seed: fc.nat(12), turnedBits: fc.nat(9), isPoor: fc.boolean() }), { freq: 9 }), { minLength: 1, maxLength: 60 })
  .map((frames) => frames.map((frame) => (frame === null ? null : sketch(frame.seed, frame.turnedBits, frame.isPoor))));

describe("the frames of an animation that are taken", () => {
  it("are the first, the middle and the last of a standing scene", () => {
    expect(distinctFrames(still(50), 8)).toEqual({ frames: [0, 24, 49], areOthersAlike: true });
  });

  it("are every other scene too, wherever it is", () => {
    for (let at = 1; at < 59; at++) {
      if (at !== 29) expect(distinctFrames(replaced(still(60), at, sketch(2)), 8)).toEqual({ frames: [0, 29, 59, at].sort((one, other) => one - other), areOthersAlike: true });
    }
  });

  it("are those that differ most when there are more than have room, which is said", () => {
    const scenes = Array.from({ length: 60 }, (_, at) => sketch(at % 3 === 0 ? at : 1));
    const { frames, areOthersAlike } = distinctFrames(scenes, 8);
    expect([frames.length, areOthersAlike]).toEqual([8, false]);
    expect(distinctFrames(scenes, 60).areOthersAlike).toBe(true);
  });

  it("leave out what is a few bits away, and nothing that is farther", () => {
    expect(distinctFrames(replaced(still(40), 5, sketch(1, alikeBits)), 8)).toEqual({ frames: [0, 19, 39], areOthersAlike: true });
    expect(distinctFrames(replaced(still(40), 5, sketch(1, alikeBits + 1)), 8)).toEqual({ frames: [0, 5, 19, 39], areOthersAlike: true });
    expect(distinctFrames(replaced(still(40), 5, sketch(1, alikeBits + 1)), 3)).toEqual({ frames: [0, 19, 39], areOthersAlike: false });
  });

  it("are told apart by each way of looking at them, turned in each way", () => {
    for (const view of views.keys()) {
      for (const orientation of orientations.keys()) {
        const codes = sketch(1)[view]!.codes.slice();
        for (let bit = 0; bit <= alikeBits; bit++) codes[32 * orientation + (bit >> 3)]! ^= 1 << (bit & 7);
        const other = sketch(1).map((each, at) => (at === view ? { codes, isFair: true } : each));
        expect(distinctFrames(replaced(still(40), 7, other), 8)).toEqual({ frames: [0, 7, 19, 39], areOthersAlike: true });
        expect(distinctFrames(replaced(still(40), 7, other), 3).areOthersAlike).toBe(false);
      }
    }
  });

  it("are poor ones only when no others are left", () => {
    const frames = Array.from({ length: 40 }, (_, at) => sketch(at === 30 ? 3 : at % 20 === 0 ? 1 : at, 0, at > 0 && at !== 30));
    expect(distinctFrames(frames, 4).frames).toContain(30);
    expect(distinctFrames(frames, 5).frames).toHaveLength(5);
  });

  it("leave out no view of fair quality for which only poor ones would stand: those are not compared", () => {
    const poor = Array.from({ length: 40 }, () => sketch(1, 0, true));
    expect(distinctFrames(poor, 8)).toEqual({ frames: [0, 19, 39], areOthersAlike: true });
    for (const view of views.keys()) {
      const fair = sketch(1, 0, true).map((each, at) => (at === view ? { ...each, isFair: true } : each));
      expect(distinctFrames(replaced(replaced(poor, 11, fair) as FrameSketch[], 12, fair), 8)).toEqual({ frames: [0, 11, 19, 39], areOthersAlike: true });
      expect(distinctFrames(replaced(poor, 11, fair), 3)).toEqual({ frames: [0, 19, 39], areOthersAlike: false });
    }
    expect(distinctFrames(replaced(still(40), 11, sketch(1, 0, true)), 8)).toEqual({ frames: [0, 19, 39], areOthersAlike: true });
  });

  it("are not those that cannot be had", () => {
    expect(distinctFrames(replaced(still(50), 24, null), 8)).toEqual({ frames: [0, 49], areOthersAlike: true });
    expect(distinctFrames([null, ...still(9), null], 8)).toEqual({ frames: [5], areOthersAlike: true });
  });

  it("leave out none that is like none of them, unless that is said; and are the same for the same frames", () => {
    fc.assert(
      fc.property(anyFrames, fc.integer({ min: 3, max: 8 }), (frames, most) => {
        const choice = distinctFrames(frames, most);
        expect(distinctFrames(frames.map((frame) => (frame === null ? null : frame.map((view) => ({ ...view })))), most)).toEqual(choice);
        expect(choice.frames.length).toBeLessThanOrEqual(most);
        expect([...new Set(choice.frames)].sort((one, other) => one - other)).toEqual(choice.frames);
        const nearest = frames.map((frame) => (frame === null ? 0 : Math.min(...choice.frames.map((taken) => (frame[0]!.isFair && !frames[taken]![0]!.isFair ? 256 : distanceBits(frame[0]!.codes, frames[taken]![0]!.codes) / orientations.length)))));
        expect(choice.areOthersAlike).toBe(nearest.every((bits) => bits <= alikeBits));
        if (choice.frames.length < most) expect(choice.areOthersAlike).toBe(true);
      }),
    );
  });
});

describe("what a frame looks like", () => {
  it("is its codes in each view; a view that was left out is the one that it would equal", () => {
    const joined = (codes: readonly PerceptualCode[]): Uint8Array => Uint8Array.from(codes.flatMap(({ code }) => [...code]));
    const small = pdqCodes(photoPixels(1, 200, 150));
    expect(small).toHaveLength(8);
    expect(sketchOf(small)!.map(({ codes }) => codes)).toEqual(views.map(() => joined(small)));
    const large = pdqCodes(photoPixels(1, 700, 500));
    const [full, squeezed] = [joined(large.slice(0, 8)), joined(large.slice(8))];
    expect(sketchOf(large)).toEqual([full, squeezed, full, squeezed, full, squeezed, full, squeezed].map((codes) => ({ codes, isFair: true })));
    expect(sketchOf([])).toBeNull();
    expect(sketchOf(pdqCodes({ data: new Uint8Array(300), widthPixels: 10, heightPixels: 10, channels: 3 }))!.some(({ isFair }) => isFair)).toBe(false);
  });
});
