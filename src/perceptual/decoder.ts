import { isAbsolute } from "node:path";
import type { Isolation } from "../isolation.ts";
import type { Perceived } from "../model.ts";
import { largestPictureBytes } from "../picture-facts.ts";
import { childOf, type DecoderChild, type Loss } from "./decoder-child.ts";
import { withNegatives } from "./negatives.ts";
import { starterOf } from "./start-process.ts";

/** Turns the bytes of pictures into codes, in a process of its own. */
export interface Decoder {
  /**
   * Codes of one picture of a media type that is decoded, and of the thumbnail within it; calls wait for one another.
   *
   * Shape:  `crash`, `timeout` and `violation` when the process was lost twice over this picture, the second time a fresh one; else what it came to.
   *         `bytes` are read while they are sent: they must stay as they are until the promise resolves, and are free from then on.
   * Errors: none for the content; rejects after `close`, and when the operating system has no more processes or pipes to give.
   */
  perceive(mediaType: string, bytes: Uint8Array): Promise<Perceived>;

  /** Waits for the pictures that were handed over, then ends the process. */
  close(): Promise<void>;
}

export interface DecoderOptions {
  /** Absolute path of the compiled decoder-process.js. */
  readonly program: string;
  readonly isolation: Isolation;
  /** How long a picture of a size may take, the start of the process included. */
  readonly deadlineMs?: (sizeBytes: number) => number;
  /** Pictures after which the process is replaced by a fresh one; `per-file` is one. */
  readonly picturesPerProcess?: number;
}

/** 20 s and 2 s for every megabyte, 60 s at most. */
export function deadlineBySize(sizeBytes: number): number {
  return Math.min(60_000, 20_000 + 2_000 * (sizeBytes / 1_000_000));
}

/**
 * A decoder whose process starts with its first picture. It ends with its parent, however that ends.
 *
 * Errors: RangeError when `program` is not an absolute path; Failure("sandbox-unavailable"). A program that cannot run shows as `crash` of each picture.
 */
export function startDecoder({ program, isolation, deadlineMs = deadlineBySize, picturesPerProcess = isolation === "per-file" ? 1 : 200 }: DecoderOptions): Decoder {
  if (!isAbsolute(program)) throw new RangeError("decoder: program at a relative path, expected an absolute one");
  const start = starterOf(program, isolation);
  let child: DecoderChild | null = null;
  // Where each picture has a process of its own, the next one starts while this one is decoded.
  let spare: DecoderChild | null = null;
  let pictures = 0;
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();

  const running = async (): Promise<DecoderChild> => {
    if (child !== null && child.isAlive() && pictures < picturesPerProcess) return child;
    await child?.end();
    pictures = 0;
    child = spare?.isAlive() === true ? spare : childOf(start());
    spare = isolation === "per-file" ? childOf(start()) : null;
    return child;
  };

  const perceived = async (mediaType: string, bytes: Uint8Array): Promise<Perceived> => {
    if (bytes.length > largestPictureBytes) return withoutCodes("too-large");
    let loss: Loss = "crash";
    for (let attempt = 0; attempt < 2; attempt++) {
      const answer = await (await running()).ask(mediaType, bytes, deadlineMs(bytes.length));
      pictures += 1;
      if (typeof answer !== "string") return completed(answer);
      // The worst of both is told: a violation is no accident.
      if (loss !== "violation") loss = answer;
    }
    return withoutCodes(loss);
  };

  return {
    perceive: (mediaType, bytes) => {
      if (closed) return Promise.reject(new Error("decoder: a picture after it was closed, expected none"));
      const picture = turn.then(() => perceived(mediaType, bytes));
      turn = picture.catch(() => undefined);
      return picture;
    },
    close: async () => {
      closed = true;
      await turn;
      await Promise.all([child?.end(), spare?.end()]);
      child = spare = null;
    },
  };
}

function completed({ picture, embedded }: Perceived): Perceived {
  return { picture: withNegatives(picture), embedded: embedded.map((part) => ({ ...part, picture: withNegatives(part.picture) })) };
}

function withoutCodes(status: "too-large" | Loss): Perceived {
  return { picture: { status, widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] };
}
