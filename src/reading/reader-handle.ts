import { type ChildProcess, fork } from "node:child_process";
import type { Batch, Digests, Finding, Perceived } from "../model.ts";
import type { Admission, FromReader, ToReader } from "./protocol.ts";

/** How a reader's life ended while it was wanted: `timeout` when it said nothing for too long, `lost` when its process ended. */
export type ReaderEnd = "timeout" | "lost";

/** What reading a batch came to. Shape: `wasDoubted` when a decoder could not be believed, and its pictures were decoded again by others. */
export interface BatchRead {
  readonly findings: readonly Finding[];
  readonly wasDoubted: boolean;
}

/** One reader process, as the main process holds it. */
export interface ReaderHandle {
  /** Errors: ReaderGone. */
  read(root: Uint8Array, batch: Batch): Promise<BatchRead>;
  readonly gone: boolean;
  /** Bytes that it read of the batch it is at; 0 between two. */
  readonly bytesRead: number;
  /** Ends the process without waiting for it: one that hangs in the kernel would never end. */
  abandon(): void;
}

export class ReaderGone extends Error {
  readonly end: ReaderEnd;
  readonly started: boolean;

  constructor(end: ReaderEnd, started: boolean) {
    super(`reader: ${end === "timeout" ? "no progress before the deadline" : "its process ended"}`);
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

/** Starts a reader. `program` is the compiled entry file; `stallMs` the longest silence that is put up with. */
export function startReader(program: string, start: ToReader & { kind: "start" }, stallMs: number, admitting: Admitting): ReaderHandle {
  const child: ChildProcess = fork(program, [], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    env: {},
    execArgv: ["--max-old-space-size=512"],
  });
  let started = false;
  let gone: ReaderGone | null = null;
  let waiting: { resolve: (read: BatchRead) => void; reject: (reason: ReaderGone) => void } | null = null;
  let silence: NodeJS.Timeout | undefined;
  let bytesRead = 0;
  // What this reader decodes, or has decoded and did not tell yet.
  const decoding = new Map<string, Digests>();
  let heard = 0;

  const settleDecoding = (): void => {
    for (const digests of decoding.values()) admitting.lost(digests);
    decoding.clear();
  };
  const end = (how: ReaderEnd): void => {
    if (gone !== null) return;
    gone = new ReaderGone(how, started);
    clearTimeout(silence);
    child.kill("SIGKILL");
    if (child.connected) child.disconnect();
    child.unref();
    settleDecoding();
    waiting?.reject(gone);
    waiting = null;
  };
  const watch = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      const before = heard;
      // If this process itself was held up, what the reader said meanwhile still waits to be read: messages get their turn first.
      setImmediate(() => setImmediate(() => heard === before && waiting !== null && end("timeout")));
    }, stallMs);
  };
  child.on("error", () => end("lost"));
  child.on("exit", () => end("lost"));
  child.on("message", (message: FromReader) => {
    if (gone !== null) return;
    heard++;
    if (message.kind === "ready") started = true;
    if (message.kind === "alive") bytesRead = message.bytesRead;
    if (waiting !== null) watch();
    if (message.kind === "ask") return void answer(message.digests, message.sizeBytes);
    if (message.kind === "perceived" && decoding.delete(contentOf(message.digests))) admitting.perceived(message.digests, message.perceived);
    if (message.kind === "doubted") settleDecoding();
    if (message.kind !== "findings") return;
    settleDecoding();
    clearTimeout(silence);
    bytesRead = 0;
    const { resolve } = waiting ?? { resolve: () => undefined };
    waiting = null;
    resolve(message);
  });
  const send = (message: ToReader): void => {
    child.send(message, (error) => {
      if (error !== null) end("lost");
    });
  };
  /** While the answer has to wait for another reader's decoder, this reader's silence is no stall: it says twice a second that it lives. */
  const answer = async (digests: Digests, sizeBytes: number): Promise<void> => {
    const admission = decoding.size > 0 && admitting.isBusy(digests) ? "settle" : await admitting.admit(digests, sizeBytes);
    if (admission === "decode") {
      if (gone !== null) return admitting.lost(digests);
      decoding.set(contentOf(digests), digests);
    }
    if (gone === null) send({ kind: "admission", admission });
  };
  send(start);

  return {
    get gone() {
      return gone !== null;
    },
    get bytesRead() {
      return gone === null ? bytesRead : 0;
    },
    abandon: () => end("lost"),
    read: (root, batch) =>
      new Promise((resolve, reject) => {
        if (gone !== null) return reject(gone);
        waiting = { resolve, reject };
        watch();
        send({ kind: "batch", root, batch });
      }),
  };
}

function contentOf({ sha256 }: Digests): string {
  return Buffer.from(sha256).toString("latin1");
}
