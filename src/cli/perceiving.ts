import type { Digests, Perceived, Picture, PictureStatus } from "../model.ts";
import type { Decoder } from "../perceptual/decoder.ts";
import { pictureSupport } from "../perceptual/picture-types.ts";
import { withoutCodes } from "../perceptual/without-codes.ts";
import { contentOf } from "../reading/decode-once.ts";
import type { Admission } from "../reading/protocol.ts";
import type { Perceive } from "../reading/reader.ts";
import { leastQuality } from "../reference/reference-set.ts";

/** What a reader's decoding needs of others. */
export interface PerceivingParts {
  /** Null where pictures are not decoded at all. */
  readonly decoder: Decoder | null;
  /** Starts one whose processes decode one picture each. */
  readonly startApart: () => Decoder;
  readonly ask: (digests: Digests, sizeBytes: number) => Promise<Admission>;
  /** Told once a canary says that what was decoded can be believed. */
  readonly told: (digests: Digests, perceived: Perceived) => void;
  /** Nothing that was decoded and not told can be believed. */
  readonly doubted: () => void;
}

/** What a reader has decoded and, until a canary was asked, keeps to itself. */
interface Kept {
  readonly digests: Digests;
  readonly perceived: Perceived;
}

/** Most pictures between two canaries, which are decoded again where one is answered wrongly: more than a batch of photographs holds, so that one proof serves it. */
const picturesBetween = 48;

/** What is no answer of a decoder but the loss of two over one picture, the second a fresh one: nobody lied, and to try again would lose two more. */
const losses: readonly PictureStatus[] = ["crash", "timeout", "violation"];

/** A decoder gave answers that cannot be believed: what it decoded and did not pass on has to be decoded again. */
class Doubted extends Error {}

/**
 * Decoding for a reader. A decoder that was taken over by a picture could lie about the next ones: so nothing that it said leaves the reader before a canary
 * is answered rightly. Where one is not, the batch is read again, and the pictures in doubt are decoded by processes of their own, which can lie about one
 * picture only.
 *
 * Shape: `believed` reads a batch by the function that it is given, and says whether some of its pictures had to be decoded again.
 */
export function perceivingWith({ decoder, startApart, ask, told, doubted }: PerceivingParts): {
  readonly perceive: Perceive;
  readonly believed: <Result>(read: () => Promise<Result>) => Promise<{ readonly result: Result; readonly wasDoubted: boolean }>;
} {
  const kept = new Map<string, Kept>();
  const inDoubt = new Set<string>();
  // Of the batch at hand: told already, and as they are whatever is doubted.
  const lost = new Map<string, Perceived>();
  let apart: Decoder | null = null;

  const settle = async (by: Decoder): Promise<void> => {
    if (!(await by.confirm())) throw new Doubted();
    for (const { digests, perceived } of kept.values()) told(digests, perceived);
    kept.clear();
  };

  const decoded = async (by: Decoder, mediaType: string, bytes: Uint8Array, digests: Digests, sizeBytes: number): Promise<Perceived> => {
    const content = contentOf(digests.sha256);
    const own = kept.get(content);
    if (own !== undefined) return own.perceived;
    const lostBefore = lost.get(content);
    if (lostBefore !== undefined) return lostBefore;
    let admission = await ask(digests, sizeBytes);
    if (admission === "settle") {
      await settle(by);
      admission = await ask(digests, sizeBytes);
    }
    if (admission === "skip") return withoutCodes("skipped");
    if (typeof admission !== "string") return admission;
    const { picture, embedded } = await (inDoubt.has(content) ? (apart ??= startApart()) : by).perceive(mediaType, bytes);
    const perceived = { picture: graded(picture), embedded };
    kept.set(content, { digests, perceived });
    if (kept.size >= picturesBetween) await settle(by);
    return perceived;
  };

  /** Each doubt adds a picture to those in doubt or lost, so that it ends. */
  const readBelieved = async <Result>(by: Decoder, read: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      try {
        const result = await read();
        await settle(by);
        return result;
      } catch (thrown) {
        if (!(thrown instanceof Doubted)) throw thrown;
        if (kept.size === 0) throw new Error("decoder: found answers in doubt that nobody asked for, expected none", { cause: thrown });
        for (const [content, { digests, perceived }] of kept) {
          if (losses.includes(perceived.picture.status)) {
            lost.set(content, perceived);
            told(digests, perceived);
          } else inDoubt.add(content);
        }
        kept.clear();
        doubted();
      }
    }
  };

  return {
    perceive: async (mediaType, bytes, digests, sizeBytes) => {
      const support = pictureSupport(mediaType);
      if (support === "none") return null;
      if (decoder === null) return withoutCodes("off");
      if (support === "unsupported") return withoutCodes("unsupported");
      return bytes === "too-large" ? withoutCodes("too-large") : decoded(decoder, mediaType, bytes, digests, sizeBytes);
    },
    believed: async (read) => {
      if (decoder === null) return { result: await read(), wasDoubted: false };
      try {
        return { result: await readBelieved(decoder, read), wasDoubted: inDoubt.size > 0 };
      } finally {
        await apart?.close();
        apart = null;
        inDoubt.clear();
        lost.clear();
      }
    },
  };
}

/** A code below the least quality tells too little: the picture says so, and a damaged one counts as not decoded. */
function graded(picture: Picture): Picture {
  if (picture.codes.length === 0 || picture.codes.some(({ quality }) => quality >= leastQuality)) return picture;
  return { ...picture, status: picture.status === "partial" ? "undecodable" : picture.status === "hashed" ? "low-quality" : picture.status };
}
