import { createHash } from "node:crypto";
import { join } from "node:path";
import { cryptographicAlgorithms, type Digests, type Entry, type Finding, type ListDescription, type Match, type MatchedFinding, type PerceptualCode, type PlannedEntry } from "../../src/model.ts";
import type { NewPass } from "../../src/record/add-pass.ts";
import { createOrResumeRecord, type Opening } from "../../src/record/open-record.ts";
import { openRecord } from "../../src/record/open-view.ts";
import type { RecordWriter } from "../../src/record/record.ts";
import type { CaseHeader, PassFacts, RecordView } from "../../src/record/view.ts";

/** A file as the walk finds it; whatever the test does not care about is made up. */
export function entry(path: string | Uint8Array, facts: Partial<Entry> = {}): Entry {
  return {
    path: typeof path === "string" ? Buffer.from(path) : path,
    kind: "file",
    sizeBytes: 10,
    device: 7n,
    inode: 1n,
    links: 1,
    mode: 0o100644,
    modifiedNs: 1_600_000_000_000_000_001n,
    changedNs: 1_600_000_000_000_000_002n,
    accessedNs: 1_600_000_000_000_000_003n,
    createdNs: 1_600_000_000_000_000_004n,
    unread: null,
    errorCode: null,
    ...facts,
  };
}

function list(name: string, kind: "notable" | "known"): ListDescription {
  const sha256 = createHash("sha256").update(name).digest("hex");
  return {
    sha256,
    sizeBytes: 1000,
    agency: "Synthetic agency",
    name,
    version: "1",
    kind,
    format: "csv",
    scale: {
      scale: "synthetic",
      version: "1",
      source: "made for tests",
      entries: [
        { code: "1", label: "one", disposition: "alert" },
        { code: "2", label: "two", disposition: "info" },
        { code: "9", label: "nine", disposition: "ignore" },
      ],
    },
    scaleSha256: sha256,
    counts: { rowsRead: 9, rowsLoaded: 9, refused: {}, dropped: {}, digests: { md5: 9 }, categories: { "1": 9 }, unmatchable: {}, md5Only: 9, duplicates: 0, conflictingCategories: 0 },
    signature: { keyId: "0123456789ABCDEF", trustedComment: "synthetic" },
    unsignedReason: null,
    plaintextSha256: null,
    overrides: [],
    importedAt: "2026-01-01T00:00:00.000+00:00",
  };
}

export const lists: readonly ListDescription[] = [list("notable", "notable"), list("known", "known")];

export const header: CaseHeader = {
  caseNumber: "2026-17",
  exhibit: "KAJ/3",
  examiner: "A. Examiner",
  organisation: null,
  evidence: "/mnt/exhibit",
  evidenceIdentity: { kind: "directory", fileSystem: "ext4", rootInode: "2", rootModifiedNs: "1600000000000000000" },
  options: { digests: cryptographicAlgorithms, perceptual: true, nearDistanceBits: 31, leastQuality: 50, nearThresholds: {}, skipNearForExact: false, largestFileBytes: null },
  versions: { blindmatch: "0.1.0", node: "20" },
  commandLine: ["scan", "/mnt/exhibit"],
  host: "lab-1",
  user: "examiner",
  timeZone: "UTC",
};

let seconds = 0;

/** Clocks that move on together by a second a call, over all sessions of a test; a process that is its own only living one. */
export function opening(changes: Partial<Opening> = {}): Opening {
  const begun = seconds;
  const two = (number: number): string => String(number % 60).padStart(2, "0");
  return {
    header,
    lists,
    version: "0.1.0",
    now: () => `2026-01-01T${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60))}:${two(seconds++)}.000+00:00`,
    wallMs: (at) => Date.parse(at),
    elapsedMs: () => (seconds - begun) * 1000,
    processId: process.pid,
    host: "lab-1",
    isAlive: (processId) => processId === process.pid,
    startOf: () => null,
    numbering: null,
    ...changes,
  };
}

function digest(name: string, no: number, length: number): Uint8Array {
  return createHash("sha512").update(`${name} ${no}`).digest().subarray(0, length);
}

/** As many as the header says. */
export function digestsOf(name: string, no: number): Required<Digests> {
  return { md5: digest(`${name}md5`, no, 16), sha1: digest(`${name}sha1`, no, 20), sha256: digest(`${name}sha256`, no, 32), blake3: digest(`${name}blake3`, no, 32) };
}

export function examined(no: number, facts: Partial<Extract<Finding, { outcome: "examined" }>> = {}): Finding {
  const digests = digestsOf("", no);
  const isPicture = no % 3 === 0;
  const picture = { status: "hashed", widthPixels: 640, heightPixels: 480, codes: [] } as const;
  const thumbnail = { name: "thumbnail", offsetBytes: 30, sizeBytes: 1000 + no, digests: digestsOf("thumbnail ", no), picture: { ...picture, widthPixels: 160, heightPixels: 120 } } as const;
  return {
    outcome: "examined",
    no,
    digests,
    mediaType: isPicture ? "image/jpeg" : null,
    extensionFits: isPicture ? no % 2 === 0 : null,
    picture: isPicture ? picture : null,
    embedded: no % 9 === 0 ? [thumbnail] : [],
    ...facts,
  };
}

export function match(facts: Partial<Match> = {}): Match {
  return { kind: "exact", list: 0, reference: 0, recordId: "SYN-1", category: "1", algorithms: ["md5", "sha1"], contradictedBy: [], distanceBits: null, transform: null, embedded: null, doubts: [], nearReferences: null, ...facts };
}

export const nearMatch = (facts: Partial<Match> = {}): Match => match({ kind: "near", algorithms: ["pdq"], distanceBits: 12, transform: "full", nearReferences: 1, ...facts });

/** Entries of every sort, hard links among them, in an order that is not the plan's. */
export function sampleEntries(count: number): Entry[] {
  return Array.from({ length: count }, (_, index) => {
    const nth = (index * 7919) % count;
    const path = `folder ${nth % 13}/file ${nth}`;
    if (nth % 17 === 5) return entry(path, { kind: "link", sizeBytes: 0 });
    if (nth % 23 === 3) return entry(path, { unread: "permission", errorCode: "EACCES" });
    if (nth % 5 === 1) return entry(path, { links: 4, inode: BigInt(1000 + Math.floor(nth / 20)), sizeBytes: 4096 });
    return entry(path, { inode: BigInt(100_000 + nth), sizeBytes: (nth * 104_729) % 3_000_000 });
  });
}

/** The one result that a sample entry has, whenever it is asked for. */
export function resultOf(planned: PlannedEntry): MatchedFinding {
  const { no, unread, errorCode, kind } = planned;
  if (unread !== null) return { finding: { outcome: "unread", no, reason: unread, errorCode, ...(no % 2 === 0 ? { failedAtBytes: 4096 * no } : {}) }, matches: [] };
  if (kind !== "file") return { finding: { outcome: "without-content", no }, matches: [] };
  const matches = [
    ...(no % 11 === 0 ? [match({ reference: no })] : []),
    ...(no % 19 === 0 ? [nearMatch({ reference: no + 1 })] : []),
    ...(no % 23 === 0 ? [nearMatch({ reference: no + 2, doubts: ["plain-ground", "many-references"], nearReferences: 77 })] : []),
    ...(no % 27 === 0 ? [nearMatch({ reference: no + 3, embedded: "thumbnail" })] : []),
    ...(no % 29 === 0 ? [match({ list: 1, reference: no, category: null, recordId: null })] : []),
  ];
  return { finding: examined(no), matches };
}

/** Appends what is missing, batch by batch. */
export function appendAll(writer: RecordWriter): void {
  for (const batch of writer.batches()) writer.append(batch.map(resultOf));
}

/** Codes as a decoder gives them, the same for the same number. */
export function codesOf(no: number): readonly PerceptualCode[] {
  return ["full", "trimmed nearest-512 mirrored-rotated-90"].map((transform, nth) => ({ transform, quality: (no * 7 + nth) % 101, uniformPercent: no % 101, code: Uint8Array.from(digest(`code ${nth}`, no, 32)) }));
}

/** The result of a sample entry with codes for each of its pictures. */
export function resultWithCodes(planned: PlannedEntry): MatchedFinding {
  const { finding, matches } = resultOf(planned);
  if (finding.outcome !== "examined") return { finding, matches };
  const picture = finding.picture === null ? null : { ...finding.picture, codes: codesOf(finding.no) };
  const embedded = finding.embedded.map((part) => ({ ...part, picture: { ...part.picture, codes: codesOf(10_000 + finding.no) } }));
  return { finding: { ...finding, picture, embedded }, matches };
}

export const codesKey: Uint8Array = digest("key", 0, 32);

/** An opening whose case keeps codes. */
export const keeping = (changes: Partial<Opening> = {}): Opening => opening({ header: { ...header, options: { ...header.options, keepCodes: true } }, codesKey, ...changes });

/** Gives the path of another case at each call, none of which is there yet. */
export function newCases(root: string): () => string {
  let cases = 0;
  return () => join(root, `case-${cases++}`);
}

/** A case of 40 sample entries that were planned, none of them examined. */
export function partialCase(folder: string): string {
  const { writer } = createOrResumeRecord(folder, opening());
  writer.writePlan(sampleEntries(40), () => 3);
  writer.release();
  return folder;
}

/** A finished case of so many sample entries. */
export function finishedCase(folder: string, count: number, how: Opening = opening(), result: (planned: PlannedEntry) => MatchedFinding = resultOf): string {
  const { writer } = createOrResumeRecord(folder, how);
  writer.writePlan(sampleEntries(count), () => 3);
  for (const batch of writer.batches()) for (let at = 0; at < batch.length; at += 100) writer.append(batch.slice(at, at + 100).map(result));
  writer.finish(12);
  return folder;
}

/** Lists that came later. */
export const laterLists: readonly ListDescription[] = [list("later", "notable"), list("later still", "notable")];

export function passFacts(changes: Partial<PassFacts> = {}): PassFacts {
  const { versions, commandLine, host, user, timeZone } = header;
  return { lists: laterLists, options: { nearDistanceBits: 31, leastQuality: 50, nearThresholds: {} }, near: "no-codes-in-lists", examiner: "B. Examiner", versions, commandLine: ["rematch", ...commandLine], host, user, timeZone, clock: { source: "tsc", synchronised: null }, ...changes };
}

/** A pass in which every tenth entry matches both lists. */
export function newPass(changes: Partial<NewPass> = {}): NewPass {
  const matchesOf = (no: number): readonly Match[] => (no % 10 === 0 ? [match({ list: 1, reference: no, recordId: "LATER-1" }), match({ reference: no, recordId: "LATER-0" })] : []);
  return { facts: passFacts(), codesKey, match: async ({ finding }) => matchesOf(finding.no), interrupt: new AbortController().signal, ...changes };
}

/** What a record opened for reading says. */
export function reading<Result>(folder: string, read: (view: RecordView) => Result): Result {
  const view = openRecord(folder);
  try {
    return read(view);
  } finally {
    view.close();
  }
}
