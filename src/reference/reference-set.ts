import type { Digests, Finding, ListDescription, Match } from "../model.ts";

/** The lists of one scan, opened for matching. Pure: the same finding always gives the same matches, in the order (list, reference). */
export interface ReferenceSet {
  readonly lists: readonly ListDescription[];
  /** True when any list holds a perceptual code: only then does a near comparison mean anything. */
  readonly hasPerceptualCodes: boolean;
  match(finding: Finding, sizeBytes: number): Promise<readonly Match[]>;
  /** Whether bytes of that size equal a reference of a notable list, and nothing that the reference states contradicts it. */
  equalsNotable(digests: Digests, sizeBytes: number): boolean;
  /** Ends what searches in the background. */
  close(): Promise<void>;
}

/** Within this many of 256 bits a code resembles a reference. Source: the PDQ reference's recommendation. */
export const nearDistanceBits = 31;

export { leastQuality } from "../picture-facts.ts";
