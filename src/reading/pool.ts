import { Failure } from "../failure.ts";
import type { Confinement, Isolation } from "../isolation.ts";
import type { Batch, CryptographicAlgorithm, Digests, Finding, PlannedEntry } from "../model.ts";
import { believedFindings } from "./believable.ts";
import { decodeOnce } from "./decode-once.ts";
import { readerCommand } from "./reader-command.ts";
import { askBeneath } from "./ask-beneath.ts";
import { deviceAnswers, notReadBehind, type ReadWell, startReadWell } from "./device-answers.ts";
import type { ReaderFacts } from "./reader-facts.ts";
import { type Admitting, type ReaderEnd, ReaderGone, type ReaderHandle, startReader } from "./reader-handle.ts";
import { addWork, noWork, type ReadersWork } from "./readers-work.ts";
import type { Given, Place } from "./try-files.ts";

export interface ReaderSettings {
  /** Compiled entry file of a reader process. */
  readonly program: string;
  /** Compiled entry file of the decoder process that each reader starts for itself. */
  readonly decoderProgram: string;
  /** How that process is kept apart. */
  readonly isolation: Isolation;
  /** How readers are confined, and the resolved folders that they may see then: the evidence, the self-test's. */
  readonly confinement: Confinement;
  readonly roots: readonly Uint8Array[];
  readonly count: number;
  /** What is computed of every file; SHA-256 is among them. */
  readonly digests: readonly CryptographicAlgorithm[];
  readonly perceptual: boolean;
  /** How many large files a reader reads in turns: 1 for a medium that is slow at going from place to place; absent: as many as gain something. */
  readonly sideBySide?: number;
  /** Files that were read well by whichever readers; absent: these readers' own. */
  readonly readWell?: ReadWell;
  /** Longest silence of a reader before it is given up. Units: milliseconds. */
  readonly stallMs: number;
  /** Whether a picture with these digests need not be decoded; absent: all are. */
  readonly skipsPicture?: (digests: Digests, sizeBytes: number) => boolean;
  /** Called when a decoder could not be believed, before the batch's findings are given: its pictures were decoded again, each by a process of its own. */
  readonly doubted?: (batch: Batch) => void;
}

export interface ReaderPool {
  /**
   * Findings of a batch below an absolute root, in its order. A reader that ends or hangs costs the entry it was at, when that was tried again by itself, twice in all at least; nothing else.
   *
   * Errors: Failure("reader-unavailable") when readers end before they are ready; Failure("evidence-stalled") when a file hangs and the device is not seen to answer
   *         before and after its last try (what may stand for an answer: `deviceAnswers`): where it is, each file that hangs is `timeout`, however many they are.
   */
  read(root: Uint8Array, batch: Batch): Promise<readonly Finding[]>;
  /** What a reader finds of itself. Errors: ReaderGone; Failure("reader-unavailable") when this machine lacks what confines it. */
  look(root: Uint8Array, hidden: readonly Uint8Array[]): Promise<ReaderFacts>;
  /** Bytes that were read of batches whose findings are not there yet. */
  bytesInFlight(): number;
  /** What readers did since they started, those that are gone included. */
  work(): ReadersWork;
  /** Ends the readers, and waits until they are gone; not long, for one that hangs may never be. */
  close(): Promise<void>;
}

/** How often a file is tried at least: whatever ends a reader once may have had nothing to do with it. */
const triesOfFile = 2;

/** How long ended readers are waited for, and how long the kernel may take to let go of the mounts of one that is gone. */
const [patienceMs, lettingGoMs] = [2_000, 50];

/** Readers are started when first needed and kept. */
export function startReaders(settings: ReaderSettings): ReaderPool {
  const idle: ReaderHandle[] = [];
  const all = new Set<ReaderHandle>();
  const queue: ((reader: ReaderHandle) => void)[] = [];
  let closed = false;
  let workOfGone = noWork;
  const readWell = settings.readWell ?? startReadWell();
  const admitting = admittingBy(settings.skipsPicture ?? (() => false));

  const start = (): ReaderHandle => {
    const { program, digests, perceptual, decoderProgram, isolation, sideBySide, confinement, roots, stallMs } = settings;
    const command = readerCommand(confinement, program, roots);
    if (command === null) throw new Failure("reader-unavailable", "reader: found no bwrap, prlimit or setpriv on this machine, expected those of bubblewrap and util-linux");
    const reader = startReader(command, { kind: "start", digests, perceptual, decoderProgram, isolation, ...(sideBySide === undefined ? {} : { sideBySide }) }, stallMs, admitting);
    all.add(reader);
    return reader;
  };
  const forget = (reader: ReaderHandle): void => {
    if (all.delete(reader)) workOfGone = addWork(workOfGone, reader.work);
  };
  const take = (): Promise<ReaderHandle> => {
    const reader = idle.pop();
    if (reader !== undefined && !reader.gone) return Promise.resolve(reader);
    if (reader !== undefined) forget(reader);
    return all.size < settings.count ? new Promise((resolve) => resolve(start())) : new Promise((resolve) => queue.push(resolve));
  };
  const giveBack = (reader: ReaderHandle): void => {
    if (reader.gone) forget(reader);
    const next = queue.shift();
    if (next === undefined) {
      if (!reader.gone) idle.push(reader);
    } else next(reader.gone ? start() : reader);
  };
  const attempt = async (root: Uint8Array, batch: Batch): Promise<readonly Finding[] | ReaderEnd> => {
    const reader = await take();
    try {
      const { findings: said, wasDoubted } = await reader.read(root, batch);
      if (wasDoubted) settings.doubted?.(batch);
      const findings = believedFindings(said, batch, settings.digests);
      if (findings === null) {
        reader.abandon();
        return "lost";
      }
      readWell.add(root, batch.filter((entry, at) => findings[at]?.outcome === "examined" && entry.sizeBytes > 0));
      return findings;
    } catch (thrown) {
      return endOf(thrown);
    } finally {
      giveBack(reader);
    }
  };
  const endOf = (thrown: unknown): ReaderEnd => {
    if (!(thrown instanceof ReaderGone) || closed) throw thrown;
    if (!thrown.started && thrown.end === "lost") throw new Failure("reader-unavailable", `${thrown.message}, expected it to start (${settings.program})`, thrown);
    return thrown.end;
  };
  const tryFiles = async (root: Uint8Array, files: Batch, place: Place): Promise<Given | null> => {
    const reader = await take();
    try {
      return await reader.tryFiles(root, files, place);
    } catch (thrown) {
      endOf(thrown);
      return null;
    } finally {
      giveBack(reader);
    }
  };
  /** What hung may be the file or the device. Errors: Failure("evidence-stalled") unless the device answers. */
  const proveAnswering = async (root: Uint8Array, notRead: Batch, answered: Set<PlannedEntry>): Promise<void> => {
    const asked = async (files: Batch, place: Place): Promise<Given | null> => {
      const given = await tryFiles(root, files, place);
      // Who gave something may be in a cache from then on.
      if (given !== null && place === "last-half") for (const file of files) answered.add(file);
      return given;
    };
    if (!(await deviceAnswers({ tryFiles: asked, askBeneath: () => askBeneath(root, settings.stallMs), readWell: [...readWell.below(root), ...answered], notRead: notRead.filter((file) => !answered.has(file)) })))
      throw new Failure("evidence-stalled", "evidence: found a file that made no progress, and nothing besides it that answers, expected a device that answers; the same command goes on when it does");
  };
  /** A file is tried twice at least, and given up as hung after a try that began on a device that was seen to answer; `before` is how a try ended that was its own. */
  const attemptAlone = async (root: Uint8Array, file: Batch, before: ReaderEnd | null, notRead: Batch, answered: Set<PlannedEntry>): Promise<readonly Finding[]> => {
    let end = before;
    let wasProven = false;
    for (let tries = before === null ? 0 : 1; ; tries++) {
      if (end === "timeout") await proveAnswering(root, notRead, answered);
      if (end !== null && tries >= triesOfFile && (end === "lost" || wasProven)) return file.map((entry) => lost(entry, end!));
      wasProven = end === "timeout";
      const found = await attempt(root, file);
      if (typeof found !== "string") return found;
      end = found;
    }
  };

  return {
    async read(root, batch) {
      const together = await attempt(root, batch);
      if (typeof together !== "string") return together;
      const findings: Finding[] = [];
      const files = filesOf(batch);
      const answered = new Set<PlannedEntry>();
      for (const [at, file] of files.entries()) {
        const notRead = notReadBehind(file[0]!, files.slice(at + 1).flat(), settings.sideBySide !== 1);
        findings.push(...(await attemptAlone(root, file, files.length === 1 ? together : null, notRead, answered)));
      }
      return findings;
    },
    async look(root, hidden) {
      const reader = await take();
      try {
        return await reader.look(root, hidden);
      } finally {
        giveBack(reader);
      }
    },
    bytesInFlight: () => [...all].reduce((sum, reader) => sum + reader.bytesRead, 0),
    work: () => [...all].reduce((sum, reader) => addWork(sum, reader.work), workOfGone),
    async close() {
      closed = true;
      const ending = [...all].map(({ ended }) => ended);
      for (const reader of all) reader.abandon();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([Promise.all(ending), new Promise((resolve) => (timer = setTimeout(resolve, patienceMs)))]);
      clearTimeout(timer);
      if (ending.length > 0) await new Promise((resolve) => setTimeout(resolve, lettingGoMs));
    },
  };
}

/** Each content is decoded once. */
function admittingBy(skips: (digests: Digests, sizeBytes: number) => boolean): Admitting {
  const once = decodeOnce();
  return {
    isBusy: ({ sha256 }) => once.isBusy(sha256),
    admit: async (digests, sizeBytes) => (skips(digests, sizeBytes) ? "skip" : once.ask(digests.sha256)),
    perceived: ({ sha256 }, perceived) => once.tell(sha256, perceived),
    lost: ({ sha256 }) => once.giveUp(sha256),
  };
}

/** A batch cut into its files, each with all its names. */
function filesOf(batch: Batch): PlannedEntry[][] {
  const groups: PlannedEntry[][] = [];
  for (const entry of batch) {
    const last = groups[groups.length - 1];
    if (last !== undefined && entry.sameAs !== null && entry.sameAs === last[0]?.no) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function lost(entry: PlannedEntry, end: ReaderEnd): Finding {
  return { outcome: "unread", no: entry.no, reason: end === "timeout" ? "timeout" : "reader-lost", errorCode: null };
}
