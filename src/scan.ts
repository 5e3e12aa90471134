import type { Source } from "./evidence/source.ts";
import { Failure } from "./failure.ts";
import type { Batch, Finding, MatchedFinding } from "./model.ts";
import { ordered } from "./ordered.ts";
import type { EntriesMatched, ReadingOrder, RecordWriter } from "./record/record.ts";
import type { LogBodies, MountState, StagesSpent } from "./record/view.ts";
import type { ReferenceSet } from "./reference/reference-set.ts";

/** What a scan works with. Implementations arrive here from the command line; this file only says what happens to them, in which order. */
export interface ScanParts {
  readonly source: Source;
  readonly record: RecordWriter;
  readonly references: ReferenceSet;
  readonly read: (batch: Batch) => Promise<readonly Finding[]>;
  /** Batches read at the same time. */
  readonly readers: number;
  /** Of a plan that is yet to be made; one that is there stays as it is. */
  readonly order: ReadingOrder;
  /** Ends the scan at the first batch border at which so many entries have matched; null: at the end of the plan. */
  readonly stopAfter: number | null;
  /** Ends the scan at the next batch border: what is recorded stays. */
  readonly interrupt: AbortSignal;
  /** State of the evidence's mount and device now; null where the kernel does not say. */
  readonly mountState: () => MountState | null;
  /** Hashes the whole image that the evidence is mounted from; null when nobody asked for that. */
  readonly image: ((when: "before" | "after") => Promise<LogBodies["image"] | "interrupted">) | null;
  /** Compares the times of a sample of the plan's entries with what they were when the plan was made. */
  readonly compareTimes: () => LogBodies["times"];
  /** True when the evidence was allowed to be writable: what changed between two sessions is then a warning. */
  readonly mayChange: boolean;
  readonly elapsedMs: () => number;
  readonly stages: Stages;
  readonly tell: (event: ScanEvent) => void;
}

/** What this process itself spends its time on, while readers read and decode. */
export type OwnStage = "walk" | "match" | "append";

/** Keeps the time of the stages. */
export interface Stages {
  /** Does a piece of a stage's work. */
  during<Result>(stage: OwnStage, work: () => Result | Promise<Result>): Promise<Result>;
  /** What the stages took so far. */
  spent(): StagesSpent;
}

/** What the person in front of it may know while it runs: counts, never a name. Units: bytes as in the plan. */
export type ScanEvent =
  | { readonly event: "walking" }
  | { readonly event: "planned"; readonly entries: number; readonly files: number; readonly bytes: string; readonly nextEntry: number }
  | {
      readonly event: "progress";
      readonly entries: number;
      readonly bytes: number;
      /** That were appended: one an entry, and those of its matches and of the pictures within it. */
      readonly rows: number;
      readonly unread: number;
      /** Of `bytes`, those of the unread. */
      readonly unreadBytes: number;
      /** So far, of all sessions. */
      readonly matched: EntriesMatched;
    };

/**
 * The program: plan, then for each batch in order: read and hash, match, append.
 *
 * Shape:  "finished" when every planned entry has its row; "interrupted" and "stopped" leave a valid partial record that the same call goes on with.
 * Errors: Failure("evidence-changed") when an earlier session planned other names; whatever a part throws that is no fact about the evidence; the record is left as after an interruption.
 */
export async function scan(parts: ScanParts): Promise<"finished" | "interrupted" | "stopped"> {
  const { source, record, references, interrupt, stages, tell } = parts;
  record.log("mount-state", { when: "before", mount: parts.mountState() });
  const image = (await parts.image?.("before")) ?? null;
  if (image === "interrupted") return interrupted(parts);
  if (image !== null) record.log("image", image);
  tell({ event: "walking" });
  await stages.during("walk", () => (record.planned ? comparePlan(parts) : record.writePlan(source.entries(), source.foldersListed, parts.order)));
  const { entries, files, bytes } = record.plan;
  tell({ event: "planned", entries, files, bytes, nextEntry: record.nextEntry });

  const isEnough = (): boolean => parts.stopAfter !== null && record.nextEntry < entries && record.entriesMatched().any >= parts.stopAfter;
  // Whatever else is being read when it is enough is let go: where a scan stops depends on the plan, not on who was faster.
  const batches = isEnough() ? [] : record.batches();
  for await (const { item: batch, result: findings } of ordered(until(interrupt, batches), parts.readers, orInterrupted(interrupt, parts.read))) {
    if (findings === "interrupted") break;
    const results = await stages.during("match", () => matched(batch, findings, references));
    await stages.during("append", () => record.append(results));
    tell(progressOf(batch, results, record.entriesMatched()));
    if (isEnough()) break;
  }
  record.log("times", parts.compareTimes());
  record.log("mount-state", { when: "after", mount: parts.mountState() });
  if (interrupt.aborted) return interrupted(parts);
  if (isEnough()) return stopped(parts, parts.stopAfter ?? 0);
  const imageAfter = (await parts.image?.("after")) ?? null;
  if (imageAfter === "interrupted") return interrupted(parts);
  if (imageAfter !== null) record.log("image", imageAfter);
  record.finish(Math.round(parts.elapsedMs()), stages.spent());
  return "finished";
}

async function matched(batch: Batch, findings: readonly Finding[], references: ReferenceSet): Promise<MatchedFinding[]> {
  const results: MatchedFinding[] = [];
  // One after the other: what a crowded list answers for one picture is let go before the next.
  for (const [index, finding] of findings.entries()) results.push({ finding, matches: await references.match(finding, batch[index]?.sizeBytes ?? 0) });
  return results;
}

function interrupted({ record, elapsedMs, stages }: ScanParts): "interrupted" {
  record.log("interrupted", { nextEntry: record.nextEntry, elapsedMs: Math.round(elapsedMs()), ...stages.spent() });
  return "interrupted";
}

function stopped({ record, elapsedMs, stages }: ScanParts, after: number): "stopped" {
  record.log("stopped", { after, matched: record.entriesMatched().any, nextEntry: record.nextEntry, elapsedMs: Math.round(elapsedMs()), ...stages.spent() });
  return "stopped";
}

/** Going on: what is there now must be what was planned, or nobody would examine what came after. */
function comparePlan({ source, record, mayChange }: ScanParts): void {
  const { appeared, gone } = record.planDifferences(source.entries());
  if (appeared === 0 && gone === 0) return;
  const found = `evidence: found ${appeared} names that the plan does not have as they are now, and ${gone} of the plan's that are gone or changed, expected none`;
  if (!mayChange) throw new Failure("evidence-changed", `${found}; is this the same evidence, mounted the same way?`);
  record.log("warning", { message: `${found}: names that appeared after the plan was written were not examined` });
}

function* until<Item>(interrupt: AbortSignal, items: Iterable<Item>): Generator<Item> {
  for (const item of items) {
    if (interrupt.aborted) return;
    yield item;
  }
}

/** A read that is given up the moment the interruption comes, however long the file it is at. */
function orInterrupted<Item, Result>(interrupt: AbortSignal, work: (item: Item) => Promise<Result>): (item: Item) => Promise<Result | "interrupted"> {
  return (item) =>
    new Promise((resolve, reject) => {
      if (interrupt.aborted) return resolve("interrupted");
      // Taken off again at the end of each call: a listener for the whole scan would keep every result alive.
      const stop = (): void => resolve("interrupted");
      interrupt.addEventListener("abort", stop, { once: true });
      void work(item)
        .then(resolve, reject)
        .finally(() => interrupt.removeEventListener("abort", stop));
    });
}

function progressOf(batch: Batch, results: readonly MatchedFinding[], matched: EntriesMatched): ScanEvent {
  const unread = batch.filter((_, index) => results[index]?.finding.outcome === "unread");
  const bytesOf = (entries: Batch): number => entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    event: "progress",
    entries: batch.length,
    bytes: bytesOf(batch),
    rows: results.reduce((sum, { finding, matches }) => sum + 1 + matches.length + (finding.outcome === "examined" ? finding.embedded.length : 0), 0),
    unread: unread.length,
    unreadBytes: bytesOf(unread),
    matched,
  };
}
