import { type Digests, doubts, type ListDescription, pictureStatuses, unreadReasons } from "../model.ts";
import { pathText } from "../path-text.ts";
import type { CaseHeader, ClockState, EntryRow, LogBodies, MatchRow, MountState, PassRow, RecordView, ScanOptions, Tally, Totals } from "../record/view.ts";
import type { Link } from "./container-chain.ts";
import { timesOf } from "./entry-times.ts";
import type { ReportOptions } from "./format.ts";
import type { CustodyRow } from "./history.ts";
import { operatorStatement } from "./list-terms.ts";
import { statementText } from "./match-statement.ts";
import { categoryTerms, isMd5Only, listAt, matchedPath, needsAttention, sortOf } from "./match-terms.ts";
import { passSentence } from "./pass-terms.ts";
import { base64Text, hexText, plainText, recordIdText } from "./plain-text.ts";

/** The keys of one line. */
export type Fields = { readonly [key: string]: Value };

/** What a line may hold: no bigint and no bytes, so nothing is rounded and nothing is printed by accident. */
export type Value = string | number | boolean | null | readonly Value[] | Fields;

export function headerValue(header: CaseHeader): Value {
  return {
    caseNumber: header.caseNumber,
    exhibit: header.exhibit,
    examiner: header.examiner,
    organisation: header.organisation,
    evidence: header.evidence,
    evidenceIdentity: { ...header.evidenceIdentity },
    options: optionsValue(header.options),
    versions: countsValue(header.versions, "component", "version"),
    commandLine: [...header.commandLine],
    host: header.host,
    user: header.user,
    timeZone: header.timeZone,
    clock: clockValue(header.clock),
  };
}

function clockValue(clock: ClockState | undefined): Value {
  return clock === undefined ? null : { ...clock };
}

/** A pass, with its sentence. */
export function passValue(totals: Totals, pass: PassRow): Fields {
  const { nearDistanceBits, leastQuality, nearThresholds } = pass.options;
  return {
    number: pass.number,
    at: pass.at,
    firstListNumber: pass.firstList + 1,
    lists: pass.listCount,
    near: pass.near,
    options: { nearDistanceBits, leastQuality, nearThresholds: thresholdsValue(nearThresholds) },
    examiner: pass.examiner,
    user: pass.user,
    host: pass.host,
    commandLine: [...pass.commandLine],
    sentence: passSentence(totals, pass),
  };
}

function thresholdsValue(nearThresholds: ScanOptions["nearThresholds"]): Value {
  const own = Object.entries(nearThresholds).map(([listSha256, threshold]) => ({ listSha256, ...threshold }));
  return own.sort((one, other) => (one.listSha256 < other.listSha256 ? -1 : 1));
}

function optionsValue({ digests, perceptual, nearDistanceBits, leastQuality, nearThresholds, skipNearForExact, largestFileBytes, keepCodes }: ScanOptions): Value {
  return { digests: [...digests], perceptual, nearDistanceBits, leastQuality, nearThresholds: thresholdsValue(nearThresholds), skipNearForExact, largestFileBytes, keepCodes: keepCodes === true };
}

/** Named counts as a list sorted by name: the names may be an agency's own, and object keys of digits would change places. */
function countsValue(counts: Readonly<Record<string, number | string>>, nameKey: string, countKey: string): Value {
  return Object.entries(counts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, count]) => ({ [nameKey]: name, [countKey]: count }));
}

export function tallyValue(tally: Tally): { readonly entries: number; readonly bytes: string } {
  return { entries: tally.entries, bytes: tally.bytes.toString() };
}

export function mountValue(state: LogBodies["mount-state"] | null): Value {
  return state === null ? null : { mount: state.mount === null ? null : mountStateValue(state.mount) };
}

function mountStateValue(mount: MountState): Value {
  return { ...mount, device: mount.device === null ? null : { ...mount.device } };
}

/** Shape: `nextEntry` null in a report of counts. */
export function custodyValue(row: CustodyRow, { countsOnly }: Pick<ReportOptions, "countsOnly">): Value {
  const placeOf = (nextEntry: number): number | null => (countsOnly === true ? null : nextEntry);
  const facts = { seq: row.seq, at: row.at, kind: row.kind };
  switch (row.kind) {
    case "opened":
      return { ...facts, user: row.body.header.user, host: row.body.header.host, hash: row.hash };
    case "resumed":
      return { ...facts, nextEntry: placeOf(row.body.nextEntry), user: row.body.user, host: row.body.host, commandLine: [...row.body.commandLine], clock: clockValue(row.body.clock), hash: row.hash };
    case "confinement":
      return { ...facts, confinement: row.body.confinement, hash: row.hash };
    case "isolation":
      return { ...facts, isolation: row.body.isolation, hash: row.hash };
    case "interrupted":
      return { ...facts, nextEntry: placeOf(row.body.nextEntry), hash: row.hash };
    case "stopped":
      return { ...facts, after: row.body.after, matched: row.body.matched, nextEntry: placeOf(row.body.nextEntry), hash: row.hash };
    case "closed":
      return { ...facts, resultsHead: row.body.resultsHead, elapsedMs: row.body.elapsedMs, hash: row.hash };
    case "report":
      return { ...facts, format: row.body.format, all: row.body.all, fileName: row.body.fileName, ...(row.body.countsOnly === true ? { countsOnly: true } : {}), ...(row.body.redaction === undefined ? {} : { names: "redacted" }), ...(row.body.by === undefined ? {} : { user: row.body.by, host: row.body.host ?? null }), ...(row.body.unredacted === undefined ? {} : { unredacted: true }), hash: row.hash };
    case "clock":
      return { ...facts, wallMs: row.body.wallMs, monotonicMs: row.body.monotonicMs, hash: row.hash };
    case "migrated":
      return { ...facts, from: row.body.from, to: row.body.to, version: row.body.version, hash: row.hash };
    case "pass":
      return { ...facts, pass: row.body.pass, user: row.body.user, host: row.body.host, examiner: row.body.examiner, entries: row.body.entries, matches: row.body.matches, matchesHead: row.body.matchesHead, near: row.body.near, versions: countsValue(row.body.versions, "component", "version"), clock: clockValue(row.body.clock), hash: row.hash };
    case "sealed":
      return { ...facts, manifest: row.body.manifest, keyId: row.body.keyId, user: row.body.by, host: row.body.host, hash: row.hash };
  }
}

export function listValue(list: ListDescription, number: number, pass: number): Fields {
  const { counts } = list;
  return {
    listNumber: number,
    pass,
    sha256: list.sha256,
    sizeBytes: list.sizeBytes,
    agency: list.agency,
    name: list.name,
    version: list.version,
    kind: list.kind,
    format: list.format,
    importedAt: list.importedAt,
    signature: list.signature === null ? null : { keyId: list.signature.keyId, trustedComment: list.signature.trustedComment },
    unsignedReason: list.unsignedReason,
    statedBySigner: operatorStatement(list) === null,
    plaintextSha256: list.plaintextSha256,
    overrides: list.overrides.map(({ option, reason }) => ({ option, reason })),
    scale: { scale: list.scale.scale, version: list.scale.version, source: list.scale.source, sha256: list.scaleSha256, entries: list.scale.entries.map((entry) => ({ ...entry })) },
    counts: {
      rowsRead: counts.rowsRead,
      rowsLoaded: counts.rowsLoaded,
      md5Only: counts.md5Only,
      duplicates: counts.duplicates,
      conflictingCategories: counts.conflictingCategories,
      refused: countsValue(counts.refused, "reason", "rows"),
      dropped: countsValue(counts.dropped, "reason", "digests"),
      digests: countsValue(counts.digests, "algorithm", "digests"),
      categories: countsValue(counts.categories, "code", "rows"),
      unmatchable: countsValue(counts.unmatchable, "fingerprint", "rows"),
    },
  };
}

export function matchValue(record: RecordView, match: MatchRow, container: readonly Link[]): Fields {
  const list = listAt(record, match.list);
  return {
    number: match.number,
    pass: match.pass,
    sort: sortOf(match),
    kind: match.kind,
    algorithms: [...match.algorithms],
    contradictedBy: [...match.contradictedBy],
    md5Only: isMd5Only(match),
    distanceBits: match.distanceBits,
    transform: match.transform,
    embedded: match.embedded,
    doubts: match.doubts.map((doubt) => ({ doubt, sentence: doubts[doubt] })),
    nearReferences: match.nearReferences,
    filesNear: match.filesNear,
    path: matchedPath(match),
    container: container.map(linkValue),
    statement: statementText(record, match),
    needsAttention: needsAttention(record, match),
    list: { listNumber: match.list + 1, kind: list.kind, agency: list.agency, name: list.name, version: list.version, sha256: list.sha256 },
    recordId: recordIdText(match.recordId, match.entry.digests),
    loadedRow: match.reference + 1,
    category: { ...categoryTerms(list, match.category) },
    entry: entryValue(match.entry),
  };
}

function linkValue(link: Link): Fields {
  if (link.kind === "file") return { kind: link.kind, path: pathText(link.path), pathBase64: base64Text(link.path) };
  if (link.kind === "stream") return { kind: link.kind, name: pathText(link.name), nameBase64: base64Text(link.name) };
  return { ...link };
}

export function entryValue(entry: EntryRow): Fields {
  return {
    no: entry.no,
    path: pathText(entry.path),
    pathBase64: base64Text(entry.path),
    kind: entry.kind,
    sizeBytes: entry.sizeBytes,
    outcome: entry.outcome,
    digests: digestsValue(entry.digests),
    mediaType: entry.mediaType,
    extensionFits: entry.extensionFits,
    picture: entry.picture === null ? null : { ...entry.picture },
    embedded: entry.embedded.map(({ name, offsetBytes, sizeBytes, digests, picture }) => ({ name, offsetBytes, sizeBytes, digests: digestsValue(digests), picture: { ...picture } })),
    inode: entry.inode.toString(),
    links: entry.links,
    sameAs: entry.sameAs,
    ...timesOf(entry),
  };
}

function digestsValue({ md5, sha1, sha256, blake3 }: Partial<Digests>): Value {
  return { md5: hexOrNull(md5), sha1: hexOrNull(sha1), sha256: hexOrNull(sha256), blake3: hexOrNull(blake3) };
}

/** An entry with why it was not examined or not compared, in the model's own words. */
export function gapValue(entry: EntryRow): Fields {
  return {
    reason: entry.reason,
    reasonSentence: entry.reason === null ? null : unreadReasons[entry.reason],
    errorCode: entry.errorCode,
    failedAtBytes: entry.failedAtBytes,
    pictureSentence: entry.picture === null ? null : pictureStatuses[entry.picture.status],
    entry: entryValue(entry),
  };
}

/** One line: keys in the order given, every text and every key printable. */
export function line(type: string, fields: Fields): string {
  return `${JSON.stringify(printable({ type, ...fields }))}\n`;
}

function printable(value: Value): Value {
  if (typeof value === "string") return plainText(value);
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [plainText(key), printable(item)]));
}

function hexOrNull(digest: Uint8Array | undefined): string | null {
  return digest === undefined ? null : hexText(digest);
}
