import { randomInt } from "node:crypto";
import type { Perceived } from "../model.ts";
import { canaryPng } from "./canary.ts";
import type { Canary } from "./drawn-canary.ts";
import { isSameAnswer } from "./same-answer.ts";

/** Pictures of the exhibit that a decoder process answered, to be asked of later ones: nothing tells such a canary from evidence. Held in memory and nowhere else. */
export interface KnownAnswers {
  /**
   * Takes note of a picture that a process answered, as one of those from which chance chooses; it is known once the process is proved.
   *
   * Shape: processes are numbered in the order in which they were started. `bytes` are copied. A picture that is not small and `hashed` is passed over.
   */
  note(process: number, mediaType: string, bytes: Uint8Array, answer: Perceived): void;

  /** What was noted since the last call becomes known, or is forgotten where the process could not be believed. */
  settle(isProved: boolean): void;

  /** The picture that an earlier process answered last, or null. It is not kept: a process would know what it is asked twice. */
  take(process: number): Canary | null;

  /** How many are left to ask a process. */
  leftFor(process: number): number;

  /** How many are held, the noted ones included. */
  held(): number;
}

/** Most pictures held at a time, and most bytes and pixels of one. */
export const mostHeld = 8;
export const largestKnownBytes = 4 * 2 ** 20;
const largestKnownPixels = 2 ** 24;

interface Known {
  readonly process: number;
  readonly mediaType: string;
  readonly file: Uint8Array;
  readonly answer: Perceived;
}

/**
 * Nothing known yet.
 *
 * They are asked from the last to the first, for one of them may be the picture that takes decoders over: what it made an earlier process say of later pictures is
 * then used up when it is asked itself, and the answers that remain are older than it and were given by processes that had not met it.
 */
export function startKnowing(): KnownAnswers {
  // Both in the order in which they were answered.
  let known: readonly Known[] = [];
  let noted: readonly Known[] = [];
  let seen = 0;

  return {
    note: (process, mediaType, bytes, answer) => {
      const { status, widthPixels, heightPixels } = answer.picture;
      if (status !== "hashed" || bytes.length > largestKnownBytes || widthPixels * heightPixels > largestKnownPixels || isSelfTest(bytes)) return;
      seen += 1;
      const room = Math.max(1, mostHeld - 1 - known.length);
      // Each picture since the last proof has the same chance to stay.
      const left = noted.length < room ? noted.length : randomInt(seen);
      if (left >= room) return;
      noted = [...noted.filter((_, at) => at !== left), { process, mediaType, file: new Uint8Array(bytes), answer }];
    },
    settle: (isProved) => {
      // One place stays free, for what the next proof makes known.
      if (isProved) known = [...known, ...noted].slice(1 - mostHeld);
      noted = [];
      seen = 0;
    },
    take: (process) => {
      const at = known.findLastIndex((one) => one.process !== process);
      const taken = known[at];
      if (taken === undefined) return null;
      known = known.filter((one) => one !== taken);
      return { mediaType: taken.mediaType, file: taken.file, isAnsweredBy: (answer) => isSameAnswer(answer, taken.answer) };
    },
    leftFor: (process) => known.filter((one) => one.process !== process).length,
    held: () => known.length + noted.length,
  };
}

let selfTest: Uint8Array | null = null;

/** The picture of the self-test is the same in every scan: whoever takes a decoder over knows it. */
function isSelfTest(bytes: Uint8Array): boolean {
  selfTest ??= canaryPng();
  return bytes.length === selfTest.length && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).equals(selfTest);
}
