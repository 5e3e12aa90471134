import type { CryptographicAlgorithm, Digests, Embedded, Entry, EntryKind, PictureStatus, PlannedEntry, UnreadReason } from "../model.ts";
import { cryptographicAlgorithms } from "../model.ts";
import type { CanonicalValue } from "./canonical.ts";
import { examinedColumns, planColumns } from "./schema.ts";
import type { EntryRow, PictureRow } from "./view.ts";

/** A 64-bit fact as it is stored: an integer, or its decimal text where SQLite's signed 64 bits do not hold it. */
export type Wide = bigint | string;

/** A row of `plan`, in the order of `planColumns`. */
export type PlanValues = readonly [
  no: bigint, sameAs: bigint | null, path: Uint8Array, kind: string, sizeBytes: bigint, device: Wide, inode: Wide, links: bigint, mode: bigint,
  modifiedNs: Wide, changedNs: Wide, accessedNs: Wide, createdNs: Wide, unread: string | null, errorCode: string | null,
];

/** A row of `plan` beside its row of `examined`, whose columns are null while it is pending. */
export interface JoinedRow extends Readonly<Record<CryptographicAlgorithm, Uint8Array | null>> {
  readonly no: bigint;
  readonly sameAs: bigint | null;
  readonly path: Uint8Array;
  readonly kind: string;
  readonly sizeBytes: bigint;
  readonly inode: Wide;
  readonly links: bigint;
  readonly mode: bigint;
  readonly modifiedNs: Wide;
  readonly changedNs: Wide;
  readonly accessedNs: Wide;
  readonly createdNs: Wide;
  readonly errorCode: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly failedAtBytes: bigint | null;
  readonly mediaType: string | null;
  readonly extensionFits: bigint | null;
  readonly pictureStatus: string | null;
  readonly widthPixels: bigint | null;
  readonly heightPixels: bigint | null;
}

/** A row of `embedded`. */
export interface StoredEmbedded extends Readonly<Record<CryptographicAlgorithm, Uint8Array | null>> {
  readonly sha256: Uint8Array;
  readonly name: Embedded["name"];
  readonly offsetBytes: bigint;
  readonly sizeBytes: bigint;
  readonly pictureStatus: string;
  readonly widthPixels: bigint;
  readonly heightPixels: bigint;
}

/** What a query selects to give `JoinedRow`. The code behind `unread` is the result's own, once there is one. */
export const joinedSelection: string = [
  ...planColumns.filter((name) => !["device", "unread", "errorCode"].includes(name)).map((name) => `plan.${name}`),
  ...examinedColumns.filter((name) => name !== "entry").map((name) => `examined.${name}`),
].join(", ");

/** The values of an entry in the order of `foundColumns`. */
export function foundValues(entry: Entry): readonly CanonicalValue[] {
  const { path, kind, sizeBytes, device, inode, links, mode, modifiedNs, changedNs, accessedNs, createdNs, unread, errorCode } = entry;
  return [path, kind, BigInt(sizeBytes), wide(device), wide(inode), links, mode, wide(modifiedNs), wide(changedNs), wide(accessedNs), wide(createdNs), unread, errorCode];
}

/** An entry as it was planned. */
export function plannedEntryOf(row: PlanValues): PlannedEntry {
  const [no, sameAs, path, kind, sizeBytes, device, inode, links, mode, modifiedNs, changedNs, accessedNs, createdNs, unread, errorCode] = row;
  return {
    no: Number(no),
    sameAs: sameAs === null ? null : Number(sameAs),
    path,
    kind: kind as EntryKind,
    sizeBytes: Number(sizeBytes),
    device: BigInt(device),
    inode: BigInt(inode),
    links: Number(links),
    mode: Number(mode),
    modifiedNs: BigInt(modifiedNs),
    changedNs: BigInt(changedNs),
    accessedNs: BigInt(accessedNs),
    createdNs: BigInt(createdNs),
    unread: unread as UnreadReason | null,
    errorCode,
  };
}

/** An entry with what became of it. */
export function entryRowOf(row: JoinedRow, embedded: readonly StoredEmbedded[]): EntryRow {
  return {
    no: Number(row.no),
    path: row.path,
    kind: row.kind as EntryKind,
    sizeBytes: Number(row.sizeBytes),
    inode: BigInt(row.inode),
    links: Number(row.links),
    mode: Number(row.mode),
    modifiedNs: BigInt(row.modifiedNs),
    changedNs: BigInt(row.changedNs),
    accessedNs: BigInt(row.accessedNs),
    createdNs: BigInt(row.createdNs),
    sameAs: row.sameAs === null ? null : Number(row.sameAs),
    outcome: (row.outcome ?? "pending") as EntryRow["outcome"],
    reason: row.reason as UnreadReason | null,
    errorCode: row.errorCode,
    failedAtBytes: row.failedAtBytes === null ? null : Number(row.failedAtBytes),
    digests: digestsOf(row),
    mediaType: row.mediaType,
    extensionFits: row.extensionFits === null ? null : row.extensionFits === 1n,
    picture: pictureOf(row),
    embedded: embedded.map((part) => ({ name: part.name, offsetBytes: Number(part.offsetBytes), sizeBytes: Number(part.sizeBytes), digests: { ...digestsOf(part), sha256: part.sha256 }, picture: pictureOf(part)! })),
  };
}

function pictureOf({ pictureStatus, widthPixels, heightPixels }: Pick<JoinedRow, "pictureStatus" | "widthPixels" | "heightPixels">): PictureRow | null {
  return pictureStatus === null ? null : { status: pictureStatus as PictureStatus, widthPixels: Number(widthPixels), heightPixels: Number(heightPixels) };
}

function digestsOf(row: Readonly<Record<CryptographicAlgorithm, Uint8Array | null>>): Partial<Digests> {
  return Object.fromEntries(cryptographicAlgorithms.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]])));
}

function wide(value: bigint): Wide {
  return BigInt.asIntN(64, value) === value ? value : String(value);
}
