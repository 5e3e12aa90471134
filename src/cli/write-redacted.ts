import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";
import type { RecordView, ReportLimits } from "../record/view.ts";
import type { ReportFormat, ReportOptions } from "../reports/format.ts";
import { annexNameOf, redactedView } from "../reports/redacted-view.ts";
import { encrypterFor } from "../sealing/bundle.ts";
import { annexOf, keyedDigestOf } from "../sealing/names-annex.ts";
import { requireFree, writeNewFileOf } from "./write-file.ts";
import { writeReport, type WrittenReport } from "./write-report.ts";

/** Who may open the annex. */
export interface Redaction {
  readonly recipients: readonly string[];
}

/** What `--names redacted` comes to; null without it. Errors: Failure("usage") where the names would be lost, or have no place. */
export function redactionOf({ names, annexTo, output }: { readonly names?: "redacted"; readonly annexTo?: readonly string[]; readonly output?: string }): Redaction | null {
  if (names === undefined) {
    if (annexTo !== undefined) throw new Failure("usage", "--annex-to: found no --names redacted, expected it: only such a report has an annex");
    return null;
  }
  if (annexTo === undefined) throw new Failure("usage", "--names: found nobody who may open the annex with the names, expected --annex-to age1...");
  if (output === undefined) throw new Failure("usage", "--names: found no --output, expected a file: the annex with the names is written beside it");
  encrypterFor(annexTo, "--annex-to");
  return { recipients: annexTo };
}

/**
 * Writes a report whose names are redacted, and the annex that holds them beside it.
 *
 * Shape:  the annex first: a report whose names nobody could tell is never there. Where the report cannot be written the annex is not left either.
 * Errors: as of `writeReport`, for both.
 */
export async function writeRedacted(path: string, format: ReportFormat, record: RecordView, options: Omit<ReportOptions, "fileName">, { recipients }: Redaction): Promise<{ readonly written: WrittenReport; readonly limits: ReportLimits }> {
  const key = randomBytes(32).toString("hex");
  const annexName = annexNameOf(basename(path));
  const annexPath = join(dirname(path), annexName);
  requireFree(path);
  const sha256 = await writeNewFileOf(annexPath, annexOf(record, { report: basename(path), madeAt: options.madeAt, key, all: options.all }, recipients));
  try {
    const written = writeReport(path, format, redactedView(record, keyedDigestOf(key)), options);
    return { written, limits: { redaction: { key, annex: { fileName: pathText(Buffer.from(annexName)), sha256 } } } };
  } catch (thrown) {
    rmSync(annexPath, { force: true });
    throw thrown;
  }
}
