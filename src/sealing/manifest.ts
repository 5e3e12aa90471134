import type { ListDescription } from "../model.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "../reports/accounting.ts";
import { historyOf } from "../reports/history.ts";
import { matchSorts, rowsOfSort } from "../reports/match-terms.ts";
import { isFileName, type SealedFile } from "./case-files.ts";

/** What a signature stands for: who sealed what, when. Plain JSON values; keys in this order. */
export interface Manifest extends RecordFacts {
  readonly form: "blindmatch-manifest";
  readonly formVersion: 1;
  readonly sealed: Sealing;
  /** In the order of their names. */
  readonly files: readonly SealedFile[];
}

/** Who seals. Shape: `at` ISO 8601 with offset, `timeZone` IANA; `program` with its version. */
export interface Sealing {
  readonly at: string;
  readonly by: string;
  readonly host: string;
  readonly timeZone: string;
  readonly program: string;
  readonly keyId: string;
}

/** What a manifest repeats of the record, and verification works out again. Units: bytes as decimal text. */
export interface RecordFacts {
  readonly case: { readonly caseNumber: string; readonly exhibit: string; readonly examiner: string; readonly organisation: string | null };
  readonly record: {
    readonly chainHead: string;
    readonly chainRows: number;
    readonly resultsHead: string | null;
    readonly entriesPlanned: number;
    readonly entriesExamined: number;
    readonly entriesUnread: number;
    readonly bytesPlanned: string;
    readonly matchRows: number;
    readonly entriesMatched: number;
  };
  readonly lists: readonly Pick<ListDescription, "sha256" | "agency" | "name" | "version" | "kind">[];
}

/** Errors: Failure("record-damaged") where the record's totals do not add up. */
export function recordFacts(record: RecordView): RecordFacts {
  const { caseNumber, exhibit, examiner, organisation } = record.header;
  const totals = checkedTotals(record);
  const rows = rowsOfSort(totals);
  return {
    case: { caseNumber, exhibit, examiner, organisation },
    record: {
      chainHead: record.chain.head,
      chainRows: record.chain.rows,
      resultsHead: historyOf(record).resultsHead,
      entriesPlanned: totals.seen.entries,
      entriesExamined: totals.examined.entries,
      entriesUnread: totals.unread.entries,
      bytesPlanned: String(totals.seen.bytes),
      matchRows: matchSorts.reduce((sum, sort) => sum + rows[sort], 0),
      entriesMatched: totals.entriesMatched.any,
    },
    lists: record.lists.map(({ sha256, agency, name, version, kind }) => ({ sha256, agency, name, version, kind })),
  };
}

export function manifestOf(facts: RecordFacts, sealed: Sealing, files: readonly SealedFile[]): Manifest {
  return { form: "blindmatch-manifest", formVersion: 1, case: facts.case, sealed, record: facts.record, lists: facts.lists, files };
}

/** The one text of a manifest: JSON that a person can read, in UTF-8, with a line end. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Null for a text that is not the one that `manifestText` gives of a manifest, whatever it is. */
export function readManifest(text: string): Manifest | null {
  try {
    const manifest = JSON.parse(text) as Manifest;
    return isManifest(manifest) && manifestText(manifest) === text ? manifest : null;
  } catch {
    return null;
  }
}

function isManifest({ form, formVersion, case: ofCase, sealed, record, lists, files }: Manifest): boolean {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
  const isDigest = (value: unknown): boolean => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
  return (
    form === "blindmatch-manifest" &&
    formVersion === 1 &&
    typeof ofCase === "object" &&
    typeof sealed.at === "string" &&
    typeof sealed.keyId === "string" &&
    isDigest(record.chainHead) &&
    isCount(record.chainRows) &&
    Array.isArray(lists) &&
    Array.isArray(files) &&
    files.every(({ name, sizeBytes, sha256 }) => isFileName(name) && isCount(sizeBytes) && isDigest(sha256)) &&
    new Set(files.map(({ name }) => name)).size === files.length
  );
}
