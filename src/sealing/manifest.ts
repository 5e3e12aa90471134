import type { ListDescription } from "../model.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "../reports/accounting.ts";
import { historyOf } from "../reports/history.ts";
import { matchSorts, rowsOfSort } from "../reports/match-terms.ts";
import { isFileName, type SealedFile } from "./case-files.ts";
import { viewOf } from "./report-rows.ts";

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

/** The same of the record as it was when its log had so many rows, which it must have. */
export function recordFactsAt(record: RecordView, rows: number): RecordFacts {
  const view = viewOf(record, rows);
  if (view !== null) return recordFacts(view);
  const facts = recordFacts(record);
  const { head, passes } = stateAt(record, rows);
  const listCount = record.passes.slice(0, passes).reduce((sum, pass) => sum + pass.listCount, 0);
  const entries = new Set<number>();
  let matchRows = 0;
  for (let pass = 1; pass <= passes; pass++)
    for (const { list, category, entry } of record.matches(pass)) {
      matchRows += 1;
      if (callsForAttention(record.lists[list], category)) entries.add(entry.no);
    }
  return { ...facts, record: { ...facts.record, chainHead: head, chainRows: rows, matchRows, entriesMatched: entries.size }, lists: facts.lists.slice(0, listCount) };
}

/** Head of the log at a row, and how many passes there were then, the scan's own among them. */
function stateAt(record: RecordView, rows: number): { readonly head: string; readonly passes: number } {
  let [head, passes] = ["", 1];
  for (const { seq, kind, hash } of record.log()) {
    if (seq > rows) break;
    head = hash;
    if (kind === "pass") passes += 1;
  }
  return { head, passes };
}

/** As the record counts entries that are matched. */
function callsForAttention(list: ListDescription | undefined, category: string | null): boolean {
  return list === undefined || (list.kind === "notable" && list.scale.entries.find(({ code }) => code === (category ?? ""))?.disposition !== "ignore");
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
