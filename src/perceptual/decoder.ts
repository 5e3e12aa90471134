import { randomInt } from "node:crypto";
import { isAbsolute } from "node:path";
import type { Isolation } from "../isolation.ts";
import type { Perceived } from "../model.ts";
import { largestPictureBytes } from "../picture-facts.ts";
import { childOf, type DecoderChild, type Loss } from "./decoder-child.ts";
import { type Canary, drawCanary } from "./drawn-canary.ts";
import { startKnowing } from "./known-answers.ts";
import { withNegatives } from "./negatives.ts";
import { starterOf } from "./start-process.ts";
import { withoutCodes } from "./without-codes.ts";

/** Turns the bytes of pictures into codes, in a process of its own. */
export interface Decoder {
  /**
   * Codes of one picture of a media type that is decoded, and of the thumbnail within it; calls wait for one another.
   *
   * Shape:  `crash`, `timeout` and `violation` when the process was lost twice over this picture, the second time a fresh one, `violation` too when fresh ones
   *         answer wrongly about a canary; else what it came to.
   *         `bytes` are read while they are sent: they must stay as they are until the promise resolves, and are free from then on.
   * Errors: none for the content; rejects after `close`, and when the operating system has no more processes or pipes to give.
   */
  perceive(mediaType: string, bytes: Uint8Array): Promise<Perceived>;

  /**
   * Whether what was answered since the last call can be believed: each process gave right answers about canaries before and after it, and none was lost in
   * between. A process that one picture took over could have lied about the next ones; what it was asked since is to be asked again, of others. Besides a drawn
   * canary, a process is asked for a picture that an earlier one answered, where there is one (`known-answers.ts`).
   */
  confirm(): Promise<boolean>;

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
  /** What a process is tried with; null: with nothing, for programs that stand in for a decoder. */
  readonly canary?: (() => Canary) | null;
}

/** Pictures after which a process that can be asked for nothing that an earlier one answered is replaced, when it leaves something to ask the next. */
const picturesUnchecked = 16;

/** 20 s and 2 s for every megabyte, 60 s at most. */
export function deadlineBySize(sizeBytes: number): number {
  return Math.min(60_000, 20_000 + 2_000 * (sizeBytes / 1_000_000));
}

/**
 * A decoder whose process starts with its first picture. It ends with its parent, however that ends.
 *
 * Errors: RangeError when `program` is not an absolute path; Failure("sandbox-unavailable"). A program that cannot run shows as `crash` of each picture.
 */
export function startDecoder({ program, isolation, deadlineMs = deadlineBySize, picturesPerProcess = isolation === "per-file" ? 1 : 200, canary = drawCanary }: DecoderOptions): Decoder {
  if (!isAbsolute(program)) throw new RangeError("decoder: program at a relative path, expected an absolute one");
  const start = starterOf(program, isolation);
  let child: DecoderChild | null = null;
  // Where each picture has a process of its own, the next one starts while this one is decoded.
  let spare: DecoderChild | null = null;
  let pictures = 0;
  let processes = 0;
  const known = startKnowing();
  // What the process at hand answered since its last canary, and whether all before that may be believed.
  let unproved = 0;
  let isBelieved = true;
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();

  const isRight = async (one: DecoderChild, { mediaType, file, isAnsweredBy }: Canary): Promise<true | Loss> => {
    const answer = await one.ask(mediaType, file, deadlineMs(file.length));
    if (typeof answer === "string") return answer;
    if (isAnsweredBy(answer)) return true;
    await one.end();
    return "violation";
  };

  /** Asks for the canaries in an order that chance decides, up to the first wrong answer. */
  const areRight = async (one: DecoderChild, drawn: Canary, evidence: Canary | null): Promise<boolean> => {
    const asked = evidence === null ? [drawn] : randomInt(2) === 0 ? [drawn, evidence] : [evidence, drawn];
    for (const each of asked) if ((await isRight(one, each)) !== true) return false;
    return true;
  };

  /** Asks the process at hand for what nobody told it, before what it answered is passed on. Where each picture has its own, it could only have lied about that one. */
  const prove = async (): Promise<void> => {
    if (unproved > 0 && picturesPerProcess > 1) {
      const evidence = canary !== null && child?.isAlive() === true ? known.take(processes) : null;
      const isProved = child?.isAlive() === true && (canary === null || (await areRight(child, canary(), evidence)));
      known.settle(isProved);
      isBelieved &&= isProved;
      // The picture may itself be one that takes decoders over: without another to ask, that would stay unseen.
      if (evidence !== null && known.leftFor(processes) === 0) pictures = picturesPerProcess;
    }
    unproved = 0;
  };

  const isDueToEnd = (): boolean => pictures >= picturesPerProcess || (pictures >= picturesUnchecked && known.leftFor(processes) === 0 && known.held() > 0);

  const running = async (): Promise<DecoderChild | Loss> => {
    if (child !== null && child.isAlive() && !isDueToEnd()) return child;
    await prove();
    await child?.end();
    pictures = 0;
    processes += 1;
    child = spare?.isAlive() === true ? spare : childOf(start());
    spare = isolation === "per-file" ? childOf(start()) : null;
    const proved = canary === null ? true : await isRight(child, canary());
    return proved === true ? child : proved;
  };

  const perceived = async (mediaType: string, bytes: Uint8Array): Promise<Perceived> => {
    if (bytes.length > largestPictureBytes) return withoutCodes("too-large");
    let loss: Loss = "crash";
    for (let losses = 0; losses < 2; ) {
      const one = await running();
      const answer = typeof one === "string" ? one : await one.ask(mediaType, bytes, deadlineMs(bytes.length));
      pictures += 1;
      if (typeof answer !== "string") {
        unproved += 1;
        if (canary !== null && picturesPerProcess > 1) known.note(processes, mediaType, bytes, answer);
        // What a process keeps of earlier pictures may be the memory that was missing: only a fresh one tells what is too large.
        if (answer.picture.status !== "too-large" || pictures === 1) return completed(answer);
        pictures = picturesPerProcess;
        continue;
      }
      losses += 1;
      // The worst of both is told: a violation is no accident.
      if (loss !== "violation") loss = answer;
    }
    return withoutCodes(loss);
  };

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  return {
    perceive: (mediaType, bytes) =>
      closed ? Promise.reject(new Error("decoder: a picture after it was closed, expected none")) : inTurn(() => perceived(mediaType, bytes)),
    confirm: () =>
      inTurn(async () => {
        await prove();
        const wasBelieved = isBelieved;
        isBelieved = true;
        return wasBelieved;
      }),
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
