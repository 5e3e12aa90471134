import { cryptographicAlgorithms, type Digests, type ListDescription, type Match, type PictureStatus, type UnreadReason } from "../../src/model.ts";
import type { EntryRow, FirstMatch, LogBodies, LogKind, LogRow, MatchRow, MountState, PassRow, RecordView, ScanOptions, Tally, Totals } from "../../src/record/view.ts";

/** A record as text, in memory: what a test states of it, and everything else plausible and fixed. */
export interface StatedRecord {
  readonly entries?: readonly EntryRow[];
  readonly matches?: readonly (Match & { readonly entryNo: number })[];
  readonly lists?: readonly ListDescription[];
  readonly complete?: boolean;
  readonly options?: Partial<ScanOptions>;
  readonly header?: Partial<RecordView["header"]>;
  /** Log rows between the `planned` row and the closing ones; those before and after are added. */
  readonly log?: readonly { readonly kind: LogKind; readonly body: object }[];
  /** Log rows behind the closing ones. */
  readonly logAfter?: readonly { readonly kind: LogKind; readonly body: object }[];
  readonly mountAfter?: MountState | null;
  /** Passes after the scan's own: `lists` are those of all of them, after the scan's. */
  readonly passes?: readonly Partial<PassRow>[];
  readonly firstMatch?: FirstMatch;
}

/** A record view whose totals are counted from its rows, as the real one's are. */
export function recordView(stated: StatedRecord = {}): RecordView {
  const entries = stated.entries ?? [];
  const lists = stated.lists ?? [];
  const complete = stated.complete ?? true;
  const header: RecordView["header"] = {
    caseNumber: "2026-0417",
    exhibit: "KB/7",
    examiner: "K. Brandt",
    organisation: "Example Police, Unit 4",
    evidence: "/mnt/exhibit-7",
    evidenceIdentity: { kind: "directory", fileSystem: "ext4", rootInode: "2", rootModifiedNs: "1767225600000000000" },
    versions: { node: "20.20.2", blindmatch: "0.1.0" },
    commandLine: ["blindmatch", "scan", "/mnt/exhibit-7"],
    host: "bench-2",
    user: "kbrandt",
    timeZone: "Europe/Berlin",
    ...stated.header,
    options: { digests: cryptographicAlgorithms, perceptual: true, nearDistanceBits: 31, leastQuality: 50, nearThresholds: {}, skipNearForExact: false, largestFileBytes: null, ...stated.options },
  };
  const passes = passRows(header, lists, complete, stated.passes ?? []);
  const byNumber = new Map(entries.map((entry) => [entry.no, entry]));
  const matches = (stated.matches ?? []).map(({ entryNo, ...match }, index): MatchRow => ({ ...match, number: index + 1, pass: passes.find(({ firstList, listCount }) => match.list >= firstList && match.list < firstList + listCount)!.number, filesNear: null, entry: byNumber.get(entryNo)! }));
  const log = logRows(header, lists, stated, complete);
  return {
    header,
    lists,
    passes,
    complete,
    chain: { head: log.at(-1)!.hash, rows: log.length },
    totals: () => totalsOf(entries, matches, lists),
    firstMatch: () => stated.firstMatch ?? null,
    matches: (pass) => (pass === undefined ? matches : matches.filter((match) => match.pass === pass)),
    unread: () => entries.filter(({ outcome }) => outcome === "unread"),
    entries: () => entries,
    log: () => log,
    close: () => undefined,
  };
}

function passRows(header: RecordView["header"], lists: readonly ListDescription[], complete: boolean, further: readonly Partial<PassRow>[]): PassRow[] {
  const { perceptual, nearDistanceBits, leastQuality, nearThresholds } = header.options;
  const { examiner, commandLine, host, user } = header;
  const ofScan = lists.length - further.reduce((sum, { listCount }) => sum + (listCount ?? 1), 0);
  const near = !perceptual ? "switched-off" : lists.slice(0, ofScan).some(({ counts }) => (counts.digests.pdq ?? 0) > 0) ? "compared" : "no-codes-in-lists";
  const rows: PassRow[] = [{ number: 1, at: complete ? "2026-04-17T10:00:09+02:00" : null, firstList: 0, listCount: ofScan, near, options: { nearDistanceBits, leastQuality, nearThresholds }, examiner, commandLine, host, user }];
  for (const pass of further) {
    const before = rows.at(-1)!;
    rows.push({ ...before, number: before.number + 1, at: "2026-05-02T09:30:00+02:00", firstList: before.firstList + before.listCount, listCount: 1, near: "compared", ...pass });
  }
  return rows;
}

export function digestsOf(seed: number): Required<Digests> {
  const fill = (length: number, step: number) => Uint8Array.from({ length }, (_, index) => (seed * 31 + index * step) & 0xff);
  return { md5: fill(16, 7), sha1: fill(20, 11), sha256: fill(32, 13), blake3: fill(32, 17) };
}

export function examined(no: number, path: string | Uint8Array, stated: Partial<EntryRow> = {}): EntryRow {
  return {
    no,
    path: typeof path === "string" ? Buffer.from(path) : path,
    kind: "file",
    sizeBytes: 1000 + no,
    inode: 9_007_199_254_740_993n + BigInt(no),
    links: 1,
    mode: 0o100644,
    modifiedNs: 1_767_225_600_123_456_789n,
    changedNs: 1_767_225_601_000_000_001n,
    accessedNs: -1n,
    createdNs: 0n,
    sameAs: null,
    outcome: "examined",
    reason: null,
    errorCode: null,
    failedAtBytes: null,
    digests: digestsOf(no),
    mediaType: "application/octet-stream",
    extensionFits: null,
    picture: null,
    embedded: [],
    ...stated,
  };
}

export function pictureEntry(no: number, path: string, status: PictureStatus): EntryRow {
  return examined(no, path, { mediaType: "image/png", picture: { status, widthPixels: 640, heightPixels: 480 } });
}

export function unreadEntry(no: number, path: string | Uint8Array, reason: UnreadReason, errorCode: string | null = null): EntryRow {
  return examined(no, path, { outcome: "unread", reason, errorCode, digests: {}, mediaType: null });
}

export function pendingEntry(no: number, path: string): EntryRow {
  return examined(no, path, { outcome: "pending", digests: {}, mediaType: null });
}

export function list(stated: Partial<ListDescription> = {}, pdq = 4): ListDescription {
  return {
    sha256: "5a".repeat(32),
    sizeBytes: 123_456,
    agency: "Example Agency",
    name: "notable",
    version: "2026-03",
    kind: "notable",
    format: "csv",
    scale: {
      scale: "example-scale",
      version: "1",
      source: "written for this test",
      entries: [
        { code: "1", label: "first category", disposition: "alert" },
        { code: "2", label: "second category", disposition: "info" },
        { code: "9", label: "set aside", disposition: "ignore" },
      ],
    },
    scaleSha256: "c4".repeat(32),
    counts: { rowsRead: 1010, rowsLoaded: 1000, refused: { "empty-file": 10 }, dropped: {}, digests: { md5: 1000, sha1: 990, ...(pdq > 0 ? { pdq } : {}) }, categories: { 1: 600, 2: 300, 9: 100 }, unmatchable: { photodna: 12 }, md5Only: 10, duplicates: 21, conflictingCategories: 4 },
    signature: { keyId: "0123456789ABCDEF", trustedComment: "notable, version 2026-03" },
    unsignedReason: null,
    plaintextSha256: null,
    overrides: [],
    importedAt: "2026-04-01T09:00:00+02:00",
    ...stated,
  };
}

export function match(entryNo: number, stated: Partial<Match> = {}): Match & { readonly entryNo: number } {
  return { entryNo, kind: "exact", list: 0, reference: 41, recordId: "4711", category: "1", algorithms: ["md5", "sha1"], contradictedBy: [], distanceBits: null, transform: null, embedded: null, doubts: [], nearReferences: null, ...stated };
}

export function mount(stated: Partial<MountState> = {}): MountState {
  return {
    source: "/dev/loop7",
    mountPoint: "/mnt/exhibit-7",
    rootInFileSystem: "/",
    fileSystem: "ext4",
    mountOptions: "ro,noexec,nosuid,nodev",
    superOptions: "ro,norecovery",
    concerns: [],
    leavesJournal: true,
    device: { number: "7:7", readOnly: true, writesCompleted: "515", sectorsWritten: "297964" },
    ...stated,
  };
}

function logRows(header: RecordView["header"], lists: readonly ListDescription[], stated: StatedRecord, complete: boolean): LogRow[] {
  const planned: LogBodies["planned"] = { entries: stated.entries?.length ?? 0, files: stated.entries?.length ?? 0, bytes: "0", folders: 3, rowsSha256: "11".repeat(32), order: "path" };
  const closing: { kind: LogKind; body: object }[] = [
    ...(stated.mountAfter === null ? [] : [{ kind: "mount-state" as const, body: { when: "after", mount: stated.mountAfter ?? mount() } }]),
    { kind: "closed", body: { resultsHead: "22".repeat(32), elapsedMs: 61_000 } },
  ];
  const bodies: readonly { readonly kind: LogKind; readonly body: object }[] = [
    { kind: "opened", body: { header, lists } },
    { kind: "mount-state", body: { when: "before", mount: mount() } },
    { kind: "selftest", body: { checks: ["digests agree with the published vectors"] } },
    { kind: "planned", body: planned },
    ...(stated.log ?? []),
    ...(complete ? closing : []),
    ...(stated.logAfter ?? []),
  ];
  return bodies.map(({ kind, body }, index) => ({ seq: index + 1, at: `2026-04-17T10:00:${String(index).padStart(2, "0")}+02:00`, kind, body, hash: index.toString(16).padStart(64, "0") }) as LogRow);
}

function tally(entries: readonly EntryRow[]): Tally {
  return { entries: entries.length, bytes: entries.reduce((sum, entry) => sum + BigInt(entry.sizeBytes), 0n) };
}

function totalsOf(entries: readonly EntryRow[], matches: readonly MatchRow[], lists: readonly ListDescription[]): Totals {
  const of = (...outcomes: readonly EntryRow["outcome"][]) => entries.filter(({ outcome }) => outcomes.includes(outcome));
  const counts = new Map<string, { list: number; kind: "notable" | "known"; category: string | null; exact: number; contradicted: number; near: number; doubtful: number }>();
  const matched = { exact: new Set<number>(), contradicted: new Set<number>(), near: new Set<number>(), doubtful: new Set<number>(), any: new Set<number>() };
  const beyondMd5 = new Set<number>();
  for (const match of matches) {
    const list = lists[match.list]!;
    const sort = match.kind === "near" ? (match.doubts.length > 0 ? "doubtful" : "near") : match.contradictedBy.length > 0 ? "contradicted" : "exact";
    const key = `${match.list} ${match.category}`;
    if (!counts.has(key)) counts.set(key, { list: match.list, kind: list.kind, category: match.category, exact: 0, contradicted: 0, near: 0, doubtful: 0 });
    counts.get(key)![sort] += 1;
    const disposition = list.scale.entries.find(({ code }) => code === match.category)?.disposition;
    if (list.kind !== "notable" || disposition === "ignore") continue;
    matched[sort].add(match.entry.no);
    matched.any.add(match.entry.no);
    if (sort === "exact" && match.algorithms.join() !== "md5") beyondMd5.add(match.entry.no);
  }
  const unread = of("unread");
  const reasons = [...new Set(unread.map(({ reason }) => reason!))];
  return {
    seen: tally(entries),
    examined: tally(of("examined", "without-content")),
    withoutContent: of("without-content").length,
    unread: tally(unread),
    unreadByReason: Object.fromEntries(reasons.map((reason) => [reason, tally(unread.filter((entry) => entry.reason === reason))])),
    pending: tally(of("pending")),
    folders: 3,
    pictures: counted(entries.flatMap(({ picture }) => (picture === null ? [] : [picture.status]))),
    embeddedPictures: counted(entries.flatMap(({ embedded }) => embedded.map(({ picture }) => picture.status))),
    extensionMismatches: entries.filter(({ extensionFits }) => extensionFits === false).length,
    matches: [...counts.values()],
    entriesMatched: { exact: matched.exact.size, md5Only: matched.exact.size - beyondMd5.size, contradicted: matched.contradicted.size, near: matched.near.size, doubtful: matched.doubtful.size, any: matched.any.size },
  };
}

function counted<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
