import { mostNear } from "../model.ts";
import { type Bitmap, bitmap } from "./bitmap.ts";

/** A reference with the nearest of the codes that were compared with it. Shape: `code` is its place among these. Units: bits that differ, of 256. */
export interface Nearest {
  readonly reference: number;
  readonly distanceBits: number;
  readonly code: number;
}

/** The references nearest to a picture, out of any number of them, in little memory. */
export interface NearestReferences {
  add(code: number, reference: number, distanceBits: number): void;
  /** How many different references were added. */
  count(): number;
  /** All of them up to 50; of more the nearest 50, and the nearest of each category that is not among these. Nearest first, of equal ones the first of the list. */
  kept(): readonly Nearest[];
}

/** So many are held before all but the nearest are let go. */
const mostHeld = 64 * mostNear;

/** Shape: `rows` of the list; `categoryOf` a reference. */
export function nearestReferences(rows: number, categoryOf: (reference: number) => string | null): NearestReferences {
  // Made with the first: most pictures resemble nothing.
  let seen: Bitmap | null = null;
  const held = new Map<number, Nearest>();
  const ofCategory = new Map<string | null, Nearest>();
  let last: Nearest | null = null;

  const prune = (): void => {
    const nearest = [...held.values()].sort(byDistance).slice(0, mostNear);
    held.clear();
    for (const each of nearest) held.set(each.reference, each);
    last = nearest.at(-1) ?? null;
  };

  return {
    add(code, reference, distanceBits) {
      (seen ??= bitmap(rows)).set(reference);
      const found = { reference, distanceBits, code };
      const category = categoryOf(reference);
      const best = ofCategory.get(category);
      if (best === undefined || byDistance(found, best) < 0) ofCategory.set(category, found);
      if (last !== null && byDistance(found, last) > 0) return;
      if (distanceBits >= (held.get(reference)?.distanceBits ?? Infinity)) return;
      held.set(reference, found);
      if (held.size > mostHeld) prune();
    },
    count: () => seen?.count() ?? 0,
    kept() {
      const nearest = [...held.values()].sort(byDistance);
      if ((seen?.count() ?? 0) <= mostNear) return nearest;
      const first = nearest.slice(0, mostNear);
      const categories = new Set(first.map(({ reference }) => categoryOf(reference)));
      return [...first, ...[...ofCategory].filter(([category]) => !categories.has(category)).map(([, best]) => best)].sort(byDistance);
    },
  };
}

function byDistance(one: Nearest, other: Nearest): number {
  return one.distanceBits - other.distanceBits || one.reference - other.reference;
}
