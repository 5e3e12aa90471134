import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orientations, placeOf, transformAt, views } from "../../src/perceptual/transforms.ts";

const places = fc.record({
  frame: fc.integer({ min: 0, max: 0xffffffff }),
  view: fc.integer({ min: 0, max: views.length - 1 }),
  orientation: fc.integer({ min: 0, max: orientations.length - 1 }),
});

describe("the name of a transform", () => {
  it("leads back to its place", () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(placeOf(transformAt(place))).toEqual(place);
      }),
    );
  });

  it("says what was done in the order in which it was done", () => {
    expect(transformAt({ frame: 0, view: 0, orientation: 0 })).toBe("full");
    expect(transformAt({ frame: 0, view: 1, orientation: 4 })).toBe("nearest-512 mirrored");
    expect(transformAt({ frame: 12, view: 3, orientation: 7 })).toBe("frame-12 trimmed nearest-512 anti-transposed");
    expect(transformAt({ frame: 2, view: 6, orientation: 1 })).toBe("frame-2 over-white trimmed full rotated-90");
  });

  it("is one name for one place", () => {
    const names = views.flatMap((_, view) => orientations.map((_name, orientation) => transformAt({ frame: 0, view, orientation })));
    expect(new Set(names).size).toBe(64);
  });

  it("is not made for a place that does not exist, and what is none has no place", () => {
    expect(() => transformAt({ frame: 0, view: 8, orientation: 0 })).toThrow("view 8");
    expect(() => transformAt({ frame: 0, view: 0, orientation: 8 })).toThrow("orientation 8");
    for (const other of ["", "as-is", "full as-is", "full full", "trimmed", "frame-0 full", "frame-01 full", "frame-4294967296 full", "frame-1", "full trimmed", "over-white", "trimmed over-white full", "full  mirrored", "Full", "full\n"]) expect(placeOf(other)).toBeNull();
  });
});
