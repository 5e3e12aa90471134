import type { Batch, Entry, MatchedFinding } from "../model.ts";
import type { LogBodies, LogKind, StagesSpent } from "./view.ts";

/** An entry by its path, and its times when the plan was made. */
export type SampledEntry = Pick<Entry, "path" | "accessedNs" | "modifiedNs" | "changedNs">;

/** How a plan is ordered besides by the bytes of paths. Shape: entries of a lower class come first; within one by inode number, or by path alone. */
export interface ReadingOrder {
  readonly within: "inode" | "path";
  readonly classOf: (entry: Entry) => number;
}

/** How many entries of a scan have a match that calls for attention, by sort; `any`: one that is looked for (`matchesIn` of first-match.ts). */
export interface EntriesMatched {
  readonly exact: number;
  readonly contradicted: number;
  /** Without a doubt that was known when it was found; one that a report finds in the whole record (`many-files`) counts here. */
  readonly near: number;
  readonly any: number;
}

/** The one writer of a case's record. Everything it acknowledges is on the medium. */
export interface RecordWriter {
  /** True once the plan is written whole. */
  readonly planned: boolean;
  /** Number of the first entry without a result row: where the scan goes on. */
  readonly nextEntry: number;
  readonly closed: boolean;
  /** The plan's counts; zero before it is written. */
  readonly plan: LogBodies["planned"];

  /**
   * Writes the plan in one transaction: all of it or nothing. Numbers entries in the order of reading, finds hard links, writes the `planned` row.
   *
   * Shape:  by the bytes of paths where no `order` is given; files of 1 GiB and more last, from small to large, in any.
   * Errors: whatever `entries` throws, with nothing written.
   */
  writePlan(entries: Iterable<Entry>, foldersListed: () => number, order?: ReadingOrder): void;

  /** How many names found now are not those of the plan, and the other way round; a changed file counts in both. Nothing is written. */
  planDifferences(entries: Iterable<Entry>): { readonly appeared: number; readonly gone: number };

  /** Entries of the plan that the walk found there, evenly spread, at most so many, with their times of then. Units: nanoseconds since 1970. */
  sample(most: number): readonly SampledEntry[];

  /** Batches of the plan from `nextEntry` on, each at most 512 names of at most 128 MiB together, the first ones of 32 MiB and far fewer names, a larger file beside at most fifteen others; the same for any reader count. */
  batches(): Iterable<Batch>;

  /** Appends the results of one batch and its log row in one transaction. Errors: RangeError when they do not follow on from `nextEntry`. */
  append(results: readonly MatchedFinding[]): void;

  /** How many entries so far have a match that calls for attention. */
  entriesMatched(): EntriesMatched;

  log<Kind extends LogKind>(kind: Kind, body: LogBodies[Kind]): void;

  /** Writes the `closed` row with the time of all sessions (`elapsedMs`: of this one) and what the stages of this one took, checkpoints and checks that the checkpoint was whole. */
  finish(elapsedMs: number, spent?: StagesSpent): void;

  /** Lets the file go; without `finish` the record stays partial and can be gone on with. */
  release(): void;

  /** The same, with all of it in the one file, so that it can be read from a medium that cannot be written to. Errors: Failure("record-locked") while another program reads; the file is let go then, too. */
  releaseAsOneFile(): void;
}
