import type { ConfinementTried, Isolation } from "../isolation.ts";
import type { MountConcern } from "../mount-concerns.ts";
import type { CryptographicAlgorithm, Digests, Embedded, EntryKind, ListDescription, ListKind, Match, NearThreshold, PictureStatus, UnreadReason } from "../model.ts";

/** What was handed to the scan: stands in the record's first log row and in every report's header. Plain JSON values. */
export interface CaseHeader {
  readonly caseNumber: string;
  readonly exhibit: string;
  readonly examiner: string;
  readonly organisation: string | null;
  /** Absolute path of the evidence root, printable form. */
  readonly evidence: string;
  readonly evidenceIdentity: EvidenceIdentity;
  readonly options: ScanOptions;
  readonly versions: Readonly<Record<string, string>>;
  readonly commandLine: readonly string[];
  readonly host: string;
  readonly user: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Absent in records of version 4. */
  readonly clock?: ClockState;
}

/** What the wall clock is, as the operating system tells. Shape: `source` the kernel's name of it; null for what is not told. */
export interface ClockState {
  readonly source: string | null;
  readonly synchronised: true | null;
}

/** What must be equal when a scan goes on with evidence that may have been mounted anew. Decimal text for 64-bit numbers. */
export interface EvidenceIdentity {
  readonly kind: string;
  readonly fileSystem: string;
  readonly rootInode: string;
  readonly rootModifiedNs: string;
}

/** Options that can alter result rows; a scan goes on only with the same ones. Shape: `nearThresholds` by the list's SHA-256, for lists that have their own. */
export interface ScanOptions extends NearThreshold {
  /** What was computed of every file, in the order of `cryptographicAlgorithms`: SHA-256, and each algorithm that a list of the scan carries. */
  readonly digests: readonly CryptographicAlgorithm[];
  readonly perceptual: boolean;
  readonly nearThresholds: Readonly<Record<string, NearThreshold>>;
  /** True when pictures that match a notable list exactly were not decoded. */
  readonly skipNearForExact: boolean;
  /** Larger files were not read; null: all were. */
  readonly largestFileBytes: number | null;
  /** Present when the perceptual codes of every picture stand in the record, sealed, for later passes. */
  readonly keepCodes?: true;
}

/** State of the evidence's mount and device, taken before and after. */
export interface MountState {
  readonly source: string;
  readonly mountPoint: string;
  /** The folder of the file system that is mounted: "/" for all of it. */
  readonly rootInFileSystem: string;
  readonly fileSystem: string;
  readonly mountOptions: string;
  readonly superOptions: string;
  readonly concerns: readonly MountConcern[];
  /** Whether the options forbid that a journal is replayed at mounting, or there is none: else only a device that was read-only then could. */
  readonly leavesJournal: boolean;
  /** "major:minor", and what the kernel says of it; null for file systems without a block device. */
  readonly device: { readonly number: string; readonly readOnly: boolean; readonly writesCompleted: string; readonly sectorsWritten: string } | null;
}

/**
 * What the stages of a session took. They went on beside one another: the sum is more than the session took.
 *
 * Units: milliseconds of the clock; `walk` (with writing the plan), `match` and `append` of the main process, `read` and `decode` added up over all readers.
 */
export interface StagesSpent {
  readonly readers: number;
  readonly stagesMs: Readonly<Record<"walk" | "read" | "decode" | "match" | "append", number>>;
}

/** Kinds of log rows; the body of each is the JSON object described. */
export interface LogBodies {
  /** First row. `codes`: what kept codes are sealed with besides the key, hexadecimal; present only where codes are kept. */
  readonly opened: { readonly header: CaseHeader; readonly lists: readonly ListDescription[]; readonly codes?: { readonly salt: string; readonly keyCheck: string } };
  /** Times (read, changed, status) of a sample of the plan's entries at the end of a session, against those of the plan. */
  readonly times: { readonly sampled: number; readonly read: number; readonly changed: number; readonly gone: number; readonly untold: number };
  /** Digests of the whole image or device, hexadecimal; `stated`: those that the operator gave and that they agree with. */
  readonly image: { readonly when: "before" | "after"; readonly image: string; readonly sizeBytes: string; readonly digests: Readonly<Record<string, string>>; readonly stated: readonly string[] };
  readonly "mount-state": { readonly when: "before" | "after"; readonly mount: MountState | null };
  /** Whether the file system let alternate data streams be listed and opened; if so each is an entry. */
  readonly streams: { readonly searched: boolean };
  readonly selftest: { readonly checks: readonly string[] };
  /** How pictures are decoded in this session. `probes`: what was tried inside the sandbox and failed, as it must; none without a sandbox. */
  readonly isolation: { readonly isolation: Isolation; readonly probes: readonly string[] };
  /** How the processes that read the evidence are confined in this session, and what stronger ways failed for. A second row of a session: some files needed a weaker way. */
  readonly confinement: ConfinementTried;
  readonly override: { readonly option: string; readonly reason: string };
  /** `folders`: listed whole or in part; `rowsSha256` over the canonical plan rows; `order`: within a class of triage, absent where entries are ordered by path alone, as in earlier records. */
  readonly planned: { readonly entries: number; readonly files: number; readonly bytes: string; readonly folders: number; readonly rowsSha256: string; readonly order?: "inode" | "path" };
  /** What the evidence lies on in this session, as the operating system tells, and how many readers read it. `device`: its number; null where the file system has none. */
  readonly medium: { readonly medium: "rotating" | "not-rotating" | "untold"; readonly device: string | null; readonly readers: number };
  readonly resumed: { readonly nextEntry: number; readonly commandLine: readonly string[]; readonly host: string; readonly user: string; readonly clock?: ClockState };
  /**
   * `resultsHead`: running SHA-256 over all canonical result rows up to `lastEntry`, free of times. `elapsedMs`: of this session so far; absent in records of version 4.
   * `codes`: rows of kept codes, with the SHA-256 over the canonical ones; present only where codes are kept.
   */
  readonly batch: { readonly firstEntry: number; readonly lastEntry: number; readonly matches: number; readonly resultsHead: string; readonly elapsedMs?: number; readonly codes?: number; readonly codesSha256?: string };
  readonly warning: { readonly message: string };
  /** Ended before the plan's end, as was asked for: so many entries had matched. `after`: how many were asked for. */
  readonly stopped: { readonly after: number; readonly matched: number; readonly nextEntry: number; readonly elapsedMs: number } & Partial<StagesSpent>;
  /** What the stages took is of this session alone; absent in records of earlier versions. */
  readonly interrupted: { readonly nextEntry: number; readonly elapsedMs?: number } & Partial<StagesSpent>;
  /** `elapsedMs`: of all sessions together; what the stages took, of the last one alone, absent in records of earlier versions. */
  readonly closed: { readonly resultsHead: string; readonly elapsedMs: number } & Partial<StagesSpent>;
  /** The wall clock moved by `wallMs` while the monotonic one moved by `monotonicMs` (null: between two sessions, where nothing else tells). Stands before the row that noticed. */
  readonly clock: { readonly wallMs: number; readonly monotonicMs: number | null };
  /** The record's schema was brought up to date. `version`: of the program that did. */
  readonly migrated: { readonly from: number; readonly to: number; readonly version: string };
  /** A finished case was compared with further lists, without the evidence. `matchesHead`: running SHA-256 over the canonical rows of the pass. */
  readonly pass: PassFacts & { readonly pass: number; readonly entries: number; readonly matches: number; readonly matchesHead: string };
  /** `sha256` of the file that was written; absent for standard output. `pages`: the other files of a report of several; absent where it is one. `by` on `host` the user of the system; absent in earlier records. `unredacted`: it was asked for that names and digests go out in a form of other programs. */
  readonly report: { readonly format: string; readonly all: boolean; readonly fileName: string; readonly sha256?: string; readonly pages?: readonly { readonly fileName: string; readonly sha256: string }[]; readonly by?: string; readonly host?: string; readonly unredacted?: true } & ReportMaking & ReportLimits;
  /** Comes before the manifest that it names, so that what is sealed holds that it was. `keyId` as minisign prints it; `by` on `host` the user of the system.
   *  `previous`: of the seal before it, the manifest, its signatures and its time stamp; absent in the first and in rows of earlier versions. */
  readonly sealed: { readonly manifest: string; readonly keyId: string; readonly by: string; readonly host: string; readonly previous?: readonly { readonly name: string; readonly sha256: string }[] };
}
/** What it takes to make a report a second time; absent where its text was never to be kept. */
export interface ReportMaking {
  /** ISO 8601 with offset, as the report says it. */
  readonly madeAt?: string;
  readonly version?: string;
  /** Rows of the log that the report was made of. */
  readonly ofRows?: number;
  /** True for a file outside of the case folder. */
  readonly elsewhere?: boolean;
}

/** What a report leaves out because somebody asked for it; all absent in one that leaves nothing out. */
export interface ReportLimits {
  readonly countsOnly?: true;
  /** Names were replaced by digests under `key` (hexadecimal), and stand in the annex, which is encrypted. A report never shows the key. */
  readonly redaction?: { readonly key: string; readonly annex: { readonly fileName: string; readonly sha256: string } };
}

export type LogKind = keyof LogBodies;
export type LogRow = { readonly [Kind in LogKind]: { readonly seq: number; readonly at: string; readonly kind: Kind; readonly body: LogBodies[Kind]; readonly hash: string } }[LogKind];

/** Whether a pass compared pictures, and why not: `no-codes-kept` leaves a comparison unmade that was due, `compared-earlier` none that an earlier pass did not make. */
export type PassNear = "compared" | "compared-earlier" | "no-codes-kept" | "switched-off" | "no-codes-in-lists";

/** Thresholds that decide what is near. Shape: `nearThresholds` by the list's SHA-256, for lists that have their own. */
export type PassOptions = NearThreshold & Pick<ScanOptions, "nearThresholds">;

/** What a pass was made with. */
export interface PassFacts {
  readonly lists: readonly ListDescription[];
  readonly options: PassOptions;
  readonly near: PassNear;
  /** Lists of earlier passes that had been dropped by then, and why; absent where there were none, and in records of earlier versions. */
  readonly dropped?: readonly { readonly agency: string; readonly name: string; readonly version: string; readonly reason: string }[];
  readonly examiner: string;
  readonly commandLine: readonly string[];
  readonly host: string;
  readonly user: string;
  readonly timeZone: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly clock: ClockState;
}

/** One comparison of the case with lists: number 1 is the scan's own. Shape: its lists are `listCount` of the record's from index `firstList` on; `at` is when it ended, null while the scan is at work. */
export interface PassRow extends Pick<PassFacts, "options" | "near" | "examiner" | "commandLine" | "host" | "user"> {
  readonly number: number;
  readonly at: string | null;
  readonly firstList: number;
  readonly listCount: number;
}

export interface EntryRow {
  readonly no: number;
  readonly path: Uint8Array;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  readonly inode: bigint;
  readonly links: number;
  /** Kind and permissions as stat(2) has them. */
  readonly mode: number;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
  readonly accessedNs: bigint;
  readonly createdNs: bigint;
  readonly sameAs: number | null;
  /** `pending`: planned but not yet reached (a partial record). */
  readonly outcome: "examined" | "without-content" | "unread" | "pending";
  readonly reason: UnreadReason | null;
  readonly errorCode: string | null;
  /** Of an entry that is unread: the first byte that could not be read, those before it could. */
  readonly failedAtBytes: number | null;
  /** Empty but for `examined`. */
  readonly digests: Partial<Digests>;
  readonly mediaType: string | null;
  readonly extensionFits: boolean | null;
  readonly picture: PictureRow | null;
  readonly embedded: readonly EmbeddedRow[];
}

export interface PictureRow {
  readonly status: PictureStatus;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

export interface EmbeddedRow extends Omit<Embedded, "picture"> {
  readonly picture: PictureRow;
}

/**
 * A match with its entry; `number` counts from 1 over the whole record in the order (pass, entry, list, reference).
 *
 * Shape: `list` indexes the lists of all passes. `filesNear`: how many different files of the evidence resemble the reference, where they are more than 50: a reason to doubt matches that are not close; else null.
 */
export interface MatchRow extends Match {
  readonly number: number;
  readonly pass: number;
  readonly entry: EntryRow;
  readonly filesNear: number | null;
}

/** Counts of entries, and of the bytes of files among them. Units: bytes as bigint, for their sum may pass 2^53. */
export interface Tally {
  readonly entries: number;
  readonly bytes: bigint;
}

/**
 * What the scan came to. seen = examined + unread + pending, in entries and in bytes.
 *
 * Shape: `examined` includes `withoutContent` (links and special files, recorded, nothing to read).
 */
export interface Totals {
  readonly seen: Tally;
  readonly examined: Tally;
  readonly withoutContent: number;
  readonly unread: Tally;
  readonly unreadByReason: Readonly<Partial<Record<UnreadReason, Tally>>>;
  readonly pending: Tally;
  readonly folders: number;
  readonly pictures: Readonly<Partial<Record<PictureStatus, number>>>;
  /** Pictures within entries (thumbnails), which are hashed by themselves. */
  readonly embeddedPictures: Readonly<Partial<Record<PictureStatus, number>>>;
  /** Examined entries whose extension is not one of their media type's. */
  readonly extensionMismatches: number;
  /** Per list index and category (null: none): rows of each sort. `contradicted` are exact rows with `contradictedBy`, `doubtful` near rows with `doubts`. */
  readonly matches: readonly {
    readonly list: number;
    readonly kind: ListKind;
    readonly category: string | null;
    readonly exact: number;
    readonly contradicted: number;
    readonly near: number;
    readonly doubtful: number;
  }[];
  /** Distinct entries with at least one match (of a notable list, disposition not `ignore`). `md5Only`: those of `exact` each of whose exact matches rests on MD5 alone. */
  readonly entriesMatched: { readonly exact: number; readonly md5Only: number; readonly contradicted: number; readonly near: number; readonly doubtful: number; readonly any: number };
}

/**
 * The first entry of the plan with an exact or near match that calls for attention, and how far the scan was when it was recorded: to the end of its batch.
 *
 * Units: `elapsedMs` over all sessions of the scan until then; null where a record of version 4 does not tell.
 */
export interface FirstMatch {
  readonly entry: number;
  readonly elapsedMs: number | null;
  readonly reached: Tally;
}

/** A record opened for reading: what reports are made of. All iterables are in row order and may be drawn once each call. */
export interface RecordView {
  readonly header: CaseHeader;
  /** Of all passes, one after the other. */
  readonly lists: readonly ListDescription[];
  /** In their order; the scan's own is always there. */
  readonly passes: readonly PassRow[];
  /** True when every planned entry has its result row and the record was closed. */
  readonly complete: boolean;
  /** Present where the paths of the rows are not those of the evidence but stand for them. */
  readonly namesRedacted?: true;
  /** Head of the log's hash chain and its number of rows. */
  readonly chain: { readonly head: string; readonly rows: number };
  totals(): Totals;
  /** Of the scan, not of further passes; null where there is none. */
  firstMatch(): FirstMatch | null;
  /** Of all passes, or of one. */
  matches(pass?: number): Iterable<MatchRow>;
  unread(): Iterable<EntryRow>;
  entries(): Iterable<EntryRow>;
  log(): Iterable<LogRow>;
  close(): void;
}
