import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { Batch, Digests, Perceived } from "../model.ts";
import { isFromReader } from "./believable.ts";
import { contentOf } from "./decode-once.ts";
import { packedBatch } from "./packed-batch.ts";
import type { PackedFindings } from "./packed-findings.ts";
import type { Admission, FromReader, ToReader } from "./protocol.ts";
import { firstHandedIn, type ReaderCommand } from "./reader-command.ts";
import type { ReaderFacts } from "./reader-facts.ts";
import { noWork, type ReadersWork } from "./readers-work.ts";
import type { Given, Place } from "./try-files.ts";

/** How a reader's life ended while it was wanted: `timeout` when it said nothing for too long, `lost` when its process ended. */
export type ReaderEnd = "timeout" | "lost";

/** What a reader says reading a batch came to. Shape: `findings` unchecked still; `wasDoubted` when a decoder could not be believed, and its pictures were decoded again by others. */
export interface BatchRead {
  readonly findings: PackedFindings;
  readonly wasDoubted: boolean;
}

/** One reader process, as the main process holds it. */
export interface ReaderHandle {
  /** Errors: ReaderGone. */
  read(root: Uint8Array, batch: Batch): Promise<BatchRead>;
  /** What it finds of itself. Errors: ReaderGone. */
  look(root: Uint8Array, hidden: readonly Uint8Array[]): Promise<ReaderFacts>;
  /** Whether one of these files gives a block of its bytes there. Errors: ReaderGone. */
  tryFiles(root: Uint8Array, files: Batch, place: Place): Promise<Given | null>;
  readonly gone: boolean;
  /** Bytes that it read of the batch it is at; 0 between two. */
  readonly bytesRead: number;
  /** What it did since it started; while it says nothing of a batch, that it is busy with it. */
  readonly work: ReadersWork;
  /** Ends the process without waiting for it: one that hangs in the kernel would never end. */
  abandon(): void;
  /** When no process of it is left that could hold the evidence's mount: never, for one that hangs in the kernel. */
  readonly ended: Promise<void>;
}

export class ReaderGone extends Error {
  readonly end: ReaderEnd;
  readonly started: boolean;

  /** Shape: `said` is what the programs that start a reader said, before it read anything. */
  constructor(end: ReaderEnd, started: boolean, said: string) {
    super(`reader: ${end === "timeout" ? "no progress before the deadline" : "its process ended"}${said === "" ? "" : ` (${said})`}`);
    this.end = end;
    this.started = started;
  }
}

/** Who decides whether a reader's picture is decoded, and hears what came of it; one of the latter two follows each "decode". */
export interface Admitting {
  /** Whether `admit` would have to wait for somebody else's decoder. */
  isBusy(digests: Digests): boolean;
  admit(digests: Digests, sizeBytes: number): Promise<Admission>;
  perceived(digests: Digests, perceived: Perceived): void;
  lost(digests: Digests): void;
}

/** How much of what the system says of a reader that does not start is passed on. Units: characters. */
const mostSaid = 300;

/** What a reader may take at least to find out about itself, however short a silence is put up with later. */
const leastLookMs = 60_000;

type Answer = FromReader & { readonly kind: "findings" | "facts" | "tried" };

/** Starts a reader. `stallMs` is the longest silence that is put up with. */
export function startReader(command: ReaderCommand, start: ToReader & { kind: "start" }, stallMs: number, admitting: Admitting): ReaderHandle {
  const child = startProcess(command);
  const words = wordsOf(child);
  // Nobody writes there. All that was started for the reader holds it open, so that its end is theirs.
  const ended = new Promise<void>((resolve) => void (child.stdout === null ? resolve() : child.stdout.resume().on("close", resolve).on("error", () => undefined)));
  let started = false;
  let gone: ReaderGone | null = null;
  let waiting: { resolve: (answer: Answer) => void; reject: (reason: ReaderGone) => void } | null = null;
  let silence: NodeJS.Timeout | undefined;
  let bytesRead = 0;
  const startedMs = performance.now();
  let done = noWork;
  let heardMs = 0;
  // What this reader decodes, or has decoded and did not tell yet.
  const decoding = new Map<string, Digests>();
  let heard = 0;

  const settleDecoding = (): void => {
    for (const digests of decoding.values()) admitting.lost(digests);
    decoding.clear();
  };
  const workNow = (): ReadersWork => ({ ...done, bytesRead: done.bytesRead + bytesRead, busyMs: done.busyMs + (waiting === null ? 0 : performance.now() - heardMs) });
  const end = (how: ReaderEnd): void => {
    if (gone !== null) return;
    gone = new ReaderGone(how, started, words.said());
    clearTimeout(silence);
    child.kill("SIGKILL");
    if (child.connected) child.disconnect();
    for (const stream of child.stdio) if (stream !== child.stdout) stream?.destroy();
    (child.stdout as { unref?: () => void } | null)?.unref?.();
    child.unref();
    settleDecoding();
    done = workNow();
    waiting?.reject(gone);
    waiting = null;
  };
  let longestMs = stallMs;
  const watch = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      const before = heard;
      // If this process itself was held up, what the reader said meanwhile still waits to be read: messages get their turn first.
      setImmediate(() => setImmediate(() => heard === before && waiting !== null && end("timeout")));
    }, longestMs);
  };
  child.on("error", () => end("lost"));
  child.on("exit", () => started && end("lost"));
  // One that did not come up has said why when its pipes are read to their end.
  child.on("close", () => end("lost"));
  child.on("message", (message: unknown) => {
    if (gone !== null) return;
    if (!isFromReader(message, performance.now() - startedMs)) return end("lost");
    heard++;
    if (message.kind === "ready") {
      started = true;
      words.end();
    }
    if (message.kind === "alive") {
      done = { ...message.work, bytesRead: done.bytesRead };
      bytesRead = message.bytesRead;
      heardMs = performance.now();
    }
    if (waiting !== null) watch();
    if (message.kind === "ask") return void answer(message.digests, message.sizeBytes);
    if (message.kind === "perceived" && decoding.delete(contentOf(message.digests.sha256))) admitting.perceived(message.digests, message.perceived);
    if (message.kind === "doubted") settleDecoding();
    if (message.kind !== "findings" && message.kind !== "facts" && message.kind !== "tried") return;
    settleDecoding();
    clearTimeout(silence);
    done = { ...done, bytesRead: done.bytesRead + bytesRead };
    bytesRead = 0;
    const { resolve } = waiting ?? { resolve: () => undefined };
    waiting = null;
    resolve(message);
  });
  const send = (message: ToReader): void => {
    child.send(message, (error) => {
      if (error !== null && started) end("lost");
    });
  };
  /** While the answer has to wait for another reader's decoder, this reader's silence is no stall: it says twice a second that it lives. */
  const answer = async (digests: Digests, sizeBytes: number): Promise<void> => {
    const admission = decoding.size > 0 && admitting.isBusy(digests) ? "settle" : await admitting.admit(digests, sizeBytes);
    if (admission === "decode") {
      if (gone !== null) return admitting.lost(digests);
      decoding.set(contentOf(digests.sha256), digests);
    }
    if (gone === null) send({ kind: "admission", admission });
  };
  const asked = (message: ToReader): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (gone !== null) return reject(gone);
      waiting = { resolve, reject };
      heardMs = performance.now();
      longestMs = message.kind === "look" ? Math.max(stallMs, leastLookMs) : stallMs;
      watch();
      send(message);
    });
  /** One that answers something else than it was asked is not believed any more. */
  const lost = (): ReaderGone => {
    end("lost");
    return gone ?? new ReaderGone("lost", started, "");
  };
  send(start);

  return {
    get gone() {
      return gone !== null;
    },
    get bytesRead() {
      return gone === null ? bytesRead : 0;
    },
    get work() {
      return gone === null ? workNow() : done;
    },
    abandon: () => end("lost"),
    ended,
    read: async (root, batch) => {
      const answer = await asked({ kind: "batch", root, batch: packedBatch(batch) });
      if (answer.kind !== "findings") throw lost();
      return answer;
    },
    tryFiles: async (root, files, place) => {
      const answer = await asked({ kind: "try", root, files, place });
      if (answer.kind !== "tried") throw lost();
      return answer.given;
    },
    look: async (root, hidden) => {
      const answer = await asked({ kind: "look", root, hidden });
      if (answer.kind !== "facts") throw lost();
      return answer.facts;
    },
  };
}

/** In a session of its own: what is typed at the terminal (Ctrl-C) is for the main process, and must not reach what confines the reader. */
function startProcess({ command, args, handedIn }: ReaderCommand): ChildProcess {
  const child = spawn(command, args, { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc", ...handedIn.map(() => "pipe" as const)], env: {}, cwd: "/", detached: true });
  for (const [at, bytes] of handedIn.entries()) {
    const pipe = child.stdio[firstHandedIn + at] as Writable | undefined;
    // Programs that end before they have read them show by their end.
    pipe?.on("error", () => undefined);
    pipe?.end(bytes);
  }
  return child;
}

/** What a reader's programs say until `end` is called. From then on it has seen evidence, and is not listened to but by its messages. */
function wordsOf(child: ChildProcess): { readonly said: () => string; readonly end: () => void } {
  const stream = child.stderr;
  const pieces: Buffer[] = [];
  stream?.on("data", (piece: Buffer) => pieces.push(piece));
  stream?.on("error", () => undefined);
  return {
    said: () => Buffer.concat(pieces).toString("latin1").replace(/[^ -~]+/g, " ").trim().slice(0, mostSaid),
    end: () => {
      stream?.destroy();
      pieces.length = 0;
    },
  };
}
