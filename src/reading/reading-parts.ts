import type { Source } from "../evidence/source.ts";
import type { CryptographicAlgorithm, Digests, Perceived } from "../model.ts";
import type { Arena } from "./arena.ts";

/**
 * How a reader has pictures decoded; given by the program that starts it, because decoding lives in another folder.
 *
 * Shape: called with the bytes of a whole file and their digests; null when its type is no picture's. The bytes' buffer is free again when the promise ends.
 */
export type Perceive = (mediaType: string, bytes: Uint8Array | "too-large", digests: Digests, sizeBytes: number) => Promise<Perceived | null>;

/** What reading files needs. */
export interface ReadingParts {
  readonly source: Source;
  /** What is computed of every file, and of every picture within one. */
  readonly digests: readonly CryptographicAlgorithm[];
  /** Where files are read to; its contents are gone with the next files. */
  readonly arena: Arena;
  /** How many large files are read in turns, where lanes make something of it: 1 where a medium is slow at going from place to place. */
  readonly sideBySide: number;
  readonly perceive: Perceive;
  /** Called with the number of bytes that just came in. */
  readonly alive: (bytes: number) => void;
}
