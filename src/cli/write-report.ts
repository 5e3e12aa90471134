import { lstatSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathText } from "../path-text.ts";
import type { RecordView } from "../record/view.ts";
import type { ReportFormat, ReportOptions } from "../reports/format.ts";
import { outputExists, writeNewFile } from "./write-file.ts";

/** What the record notes of a report's files. Shape: `pages` absent where the report is one file. */
export interface WrittenReport {
  readonly sha256: string;
  readonly pages?: readonly { readonly fileName: string; readonly sha256: string }[];
}

/**
 * Writes a report, the other pages of a large one beside it before the page that links to them.
 *
 * Shape:  each file whole or not at all; where one of them cannot be written none is left. A kill leaves pages, and never a first page that lacks one.
 *         `beforeNamed` is called when all are whole and safe, and the first page has no name yet.
 * Errors: Failure("output-exists") when a file has the name of any of them; the operating system's; whatever `beforeNamed` throws.
 */
export function writeReport(
  path: string,
  format: ReportFormat,
  record: RecordView,
  options: Omit<ReportOptions, "fileName">,
  beforeNamed: (written: WrittenReport) => void = () => undefined,
): WrittenReport {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) throw outputExists(path);
  const rendering = { ...options, fileName: basename(path) };
  const pages: { readonly fileName: string; readonly sha256: string }[] = [];
  const written: string[] = [];
  try {
    for (const { fileName, text } of format.furtherPages?.(record, rendering) ?? []) {
      const page = join(dirname(path), fileName);
      const sha256 = writeNewFile(page, text);
      written.push(page);
      pages.push({ fileName: pathText(Buffer.from(fileName)), sha256 });
    }
    const writtenAs = (sha256: string): WrittenReport => (pages.length === 0 ? { sha256 } : { sha256, pages });
    return writtenAs(writeNewFile(path, format.render(record, rendering), (sha256) => beforeNamed(writtenAs(sha256))));
  } catch (thrown) {
    for (const page of written) unlinkSync(page);
    throw thrown;
  }
}
