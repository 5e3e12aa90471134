import type { LogRow, RecordView } from "../record/view.ts";
import { counted } from "../reports/quantity.ts";
import { type Check, holds, wrong } from "./check.ts";
import type { Standing } from "./check-manifests.ts";
import { type Manifest, recordFacts } from "./manifest.ts";

/** A manifest against the record: its place in the chain and, where nothing was added since, everything that it repeats of the record. */
export function* checkChain(record: RecordView, name: string, manifest: Manifest, standing: Standing): Generator<Check> {
  const { chainHead, chainRows } = manifest.record;
  const hash = hashAt(record, chainRows);
  if (hash === null) return yield wrong(`${name}, chain`, `a record of ${record.chain.rows} rows`, `one of at least ${chainRows}`);
  if (hash !== chainHead) return yield wrong(`${name}, chain`, `${hash} at row ${chainRows} of the record`, chainHead);
  if (standing === "earlier") return yield holds(`${name}: the record's chain passes through its head at row ${chainRows}`);
  if (chainRows !== record.chain.rows)
    return yield wrong(`${name}, chain`, `${counted(record.chain.rows - chainRows, "row", "rows")} of the record after the ${chainRows} that it covers (${laterKinds(record, chainRows)})`, "none; sealing again covers them");
  yield holds(`${name}: the head of the record's chain is the one that was sealed, ${chainHead}, row ${chainRows}`);
  const facts = recordFacts(record);
  for (const part of ["case", "record", "lists"] as const) {
    const [found, sealed] = [JSON.stringify(facts[part]), JSON.stringify(manifest[part])];
    if (found !== sealed) yield wrong(`${name}, ${part}`, sealed, `${found}, as the record has it`);
    else yield holds(`${name}: its ${describedParts[part]} those of the record`);
  }
}

const describedParts = { case: "case, exhibit and examiner are", record: "counts and its digest over all results are", lists: "lists are" } as const;

/** Rows of the log that tell of a seal, in their order. */
export function sealedRows(record: RecordView): readonly Extract<LogRow, { readonly kind: "sealed" }>[] {
  const rows: Extract<LogRow, { readonly kind: "sealed" }>[] = [];
  for (const row of record.log()) if (row.kind === "sealed") rows.push(row);
  return rows;
}

function hashAt(record: RecordView, seq: number): string | null {
  for (const row of record.log()) if (row.seq === seq) return row.hash;
  return null;
}

function laterKinds(record: RecordView, after: number): string {
  const kinds = new Set<string>();
  for (const { seq, kind } of record.log()) if (seq > after) kinds.add(kind);
  return [...kinds].join(", ");
}
