import { Failure } from "../failure.ts";
import type { ListDescription, ListOverride, RowCounts } from "../model.ts";
import { canonicalText } from "./canonical-description.ts";
import type { ImportedBytes, ListName, RememberedVersion } from "./list-history.ts";
import { compareVersions } from "./list-version.ts";

/** A list version before it is stored. */
export type OfferedList = Omit<ListDescription, "counts" | "overrides"> & { readonly counts: RowCounts };

/** Reasons for taking a version that would be refused otherwise. */
export interface ImportOverrides {
  /** For one that is older than the highest that was ever imported, or that cannot be ordered with it. */
  readonly olderReason?: string;
  /** For a version that was imported before with other bytes, or read in another way. */
  readonly sameVersionReason?: string;
}

/** What is remembered of a list and of the bytes that are offered for it. */
export interface Remembered {
  readonly highest: RememberedVersion | null;
  /** Every import of the very bytes, under whatever name, the latest last. */
  readonly sameBytes: readonly ImportedBytes[];
}

/** What importing a list comes to. Shape: `overrides` those that were needed; `highest` what is to be remembered. */
export type ListPlace =
  | { readonly outcome: "already-imported"; readonly previous: ListDescription }
  | { readonly outcome: "imported" | "replaced"; readonly previous: ListDescription | null; readonly overrides: readonly ListOverride[]; readonly highest: RememberedVersion };

const waysToRead = [
  { what: "kind", of: ({ kind }: OfferedList) => kind },
  { what: "scale", of: ({ scaleSha256 }: OfferedList) => scaleSha256 },
  { what: "format", of: ({ format }: OfferedList) => format },
  { what: "choice of sensitive fields (--keep-sensitive-fields)", of: ({ counts }: OfferedList) => counts.sensitive ?? 0 },
  { what: "count of its rows", of: ({ counts }: OfferedList) => canonicalText(rowCountsOf(counts)) },
] as const;

/**
 * Decides by agency, name, version and bytes, beside the lists that are there and what ever was.
 *
 * Shape:  a file that is there already without a signature, or with another, is replaced by the same one with its signature.
 * Errors: Failure("list-refused") naming both versions when no reason is given for an older version, or for one that was imported before with
 *         other bytes or read in another way, or bytes that stood under a lower version, another name or another kind before; and always when the file is there under another name.
 */
export function placeOf(offered: OfferedList, imported: readonly ListDescription[], { highest: remembered, sameBytes: earlier }: Remembered, overrides: ImportOverrides): ListPlace {
  const sameBytes = imported.find(({ sha256 }) => sha256 === offered.sha256);
  if (sameBytes !== undefined && !hasSameName(sameBytes, offered))
    throw new Failure("list-refused", `${inWords(offered)}: found the very file that is imported as ${inWords(sameBytes)}, expected one that is not imported yet; drop that one first if its name is wrong`);
  const previous = imported.find((list) => hasSameName(list, offered)) ?? null;
  const repeated = previous !== null && compareVersions(offered.version, previous.version) === 0 ? previous : null;
  const others = repeated === null ? [] : differencesOf(offered, repeated);
  if (repeated !== null && others.length === 0 && !isNewlySigned(offered, repeated)) return { outcome: "already-imported", previous: repeated };

  const order = remembered === null ? 1 : compareVersions(offered.version, remembered.version);
  if (order === 0 && remembered?.sha256 !== offered.sha256 && !others.includes(otherBytes)) others.push(otherBytes);
  const needed: ListOverride[] = [];
  if (remembered !== null && (order === null || order < 0)) needed.push(admitted(olderOption, overrides.olderReason, () => tooOld(offered, remembered, order)));
  else if (remembered !== null && remembered.sha256 !== offered.sha256) {
    const rolledBack = earlier.find((bytes) => hasSameName(bytes, offered) && compareVersions(bytes.version, offered.version) !== 0);
    if (rolledBack !== undefined) needed.push(admitted(olderOption, overrides.olderReason, () => oldBytes(offered, rolledBack)));
  }
  const latest = earlier.at(-1);
  if (latest !== undefined && others.length === 0 && !(hasSameName(latest, offered) && latest.kind === offered.kind))
    needed.push(admitted(otherListOption, overrides.sameVersionReason, () => otherList(offered, latest)));
  if (others.length > 0) needed.push(admitted(sameVersionOption, overrides.sameVersionReason, () => otherwiseThere(offered, (repeated ?? remembered)!, others)));
  // A reason given for what cannot be ordered says that it is the later one: what follows is compared with it.
  const highest = remembered !== null && order !== null && order < 0 ? remembered : { version: offered.version, sha256: offered.sha256 };
  return { outcome: previous === null ? "imported" : "replaced", previous, overrides: needed, highest };
}

const otherBytes = "other bytes";
const olderOption = "older-version";
const sameVersionOption = "same-version";
const otherListOption = "same-bytes";

function admitted(option: string, reason: string | undefined, refusal: () => Failure): ListOverride {
  if (reason === undefined) throw refusal();
  return { option, reason };
}

function tooOld(offered: OfferedList, { version }: RememberedVersion, order: number | null): Failure {
  const found = order === null ? `a version that cannot be ordered with version ${version}` : `an older version than ${version}`;
  const expected = order === null ? "one written in the same way with dates year first" : "a later one";
  return new Failure("list-refused", `${inWords(offered)}: found ${found}, which was imported before, expected ${expected}; or a reason to take it (--allow-older)`);
}

function oldBytes(offered: OfferedList, { version }: ImportedBytes): Failure {
  return new Failure("list-refused", `${inWords(offered)}: found the very bytes that were imported before as version ${version} and replaced since, expected those of a later one; or a reason to take them (--allow-older)`);
}

function otherList(offered: OfferedList, earlier: ImportedBytes): Failure {
  return new Failure("list-refused", `${inWords(offered)}, ${offered.kind}: found the very bytes that were imported before as ${inWords(earlier)}, ${earlier.kind}, expected the same agency, name and kind; or a reason to take them (--allow-altered)`);
}

function otherwiseThere(offered: OfferedList, { version }: RememberedVersion, others: readonly string[]): Failure {
  return new Failure("list-refused", `${inWords(offered)}: found ${others.join(", ")} than version ${version} had when it was imported before, expected the same, or a later version; or a reason to take it (--allow-altered)`);
}

function hasSameName(left: ListName, right: ListName): boolean {
  return left.agency === right.agency && left.name === right.name;
}

function isNewlySigned({ signature }: OfferedList, previous: ListDescription): boolean {
  return signature !== null && canonicalText(signature) !== canonicalText(previous.signature);
}

function differencesOf(offered: OfferedList, previous: ListDescription): string[] {
  if (offered.sha256 !== previous.sha256) return [otherBytes];
  return waysToRead.filter(({ of }) => of(offered) !== of(previous)).map(({ what }) => `another ${what}`);
}

/** Without what is counted at import only. */
function rowCountsOf({ rowsRead, rowsLoaded, refused, dropped, digests, categories, unmatchable, md5Only }: RowCounts): RowCounts {
  return { rowsRead, rowsLoaded, refused, dropped, digests, categories, unmatchable, md5Only };
}

function inWords({ agency, name, version }: ListName & { readonly version: string }): string {
  return `${agency}/${name} ${version}`;
}
