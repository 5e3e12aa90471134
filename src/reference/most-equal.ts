import type { Match } from "../model.ts";

/** Of more rows of a list that equal one file, so many are matched, and the first of every other category. */
export const mostEqual = 1000;

/**
 * The matches of one file in one list, of which so many are exact that nobody could read them: the first 1,000 exact ones and the first of every other category,
 * those that nothing contradicts before others. Near ones stay.
 *
 * Shape: in the order in which they came. Rows of merged lists repeat a digest a few times; a list that repeats it more often says so in its counts (`crowded`).
 */
export function withoutCrowd(matches: readonly Match[]): readonly Match[] {
  const exact = matches.filter(({ kind }) => kind === "exact");
  if (exact.length <= mostEqual) return matches;
  const isSound = ({ contradictedBy }: Match): boolean => contradictedBy.length === 0;
  const categories = new Set<string | null>();
  const kept = new Set(
    [...exact.filter(isSound), ...exact.filter((match) => !isSound(match))].filter(({ category }, rank) => {
      const isFirst = !categories.has(category);
      categories.add(category);
      return rank < mostEqual || isFirst;
    }),
  );
  return matches.filter((match) => match.kind === "near" || kept.has(match));
}
