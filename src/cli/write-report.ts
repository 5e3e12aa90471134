import { basename, dirname, join } from "node:path";
import { pathText } from "../path-text.ts";
import { syncFolder } from "../record/database.ts";
import type { RecordView } from "../record/view.ts";
import type { ReportFormat, ReportOptions } from "../reports/format.ts";
import { requireFree, type UnnamedFile, writeUnnamed } from "./write-file.ts";

/** What the record notes of a report's files. Shape: `pages` absent where the report is one file. */
export interface WrittenReport {
  readonly sha256: string;
  readonly pages?: readonly { readonly fileName: string; readonly sha256: string }[];
}

/**
 * Writes a report, the other pages of a large one beside the page that links to them.
 *
 * Shape:  each file whole or not at all; where one of them cannot be written or named none is left. All are whole and safe before the first gets its name, and
 *         the first page gets its name last: a kill leaves `.part` files, perhaps pages, and never a first page that lacks one.
 *         `beforeNamed` is called when all are whole and safe, and none has a name yet.
 * Errors: Failure("output-exists") when a file has the name of any of them; the operating system's; whatever `beforeNamed` throws.
 */
export function writeReport(
  path: string,
  format: ReportFormat,
  record: RecordView,
  options: Omit<ReportOptions, "fileName">,
  beforeNamed: (written: WrittenReport) => void = () => undefined,
): WrittenReport {
  const rendering = { ...options, fileName: basename(path) };
  const folder = dirname(path);
  const files: UnnamedFile[] = [];
  try {
    const pages: { readonly fileName: string; readonly sha256: string }[] = [];
    requireFree(path);
    for (const { fileName, text } of format.furtherPages?.(record, rendering) ?? []) {
      requireFree(join(folder, fileName), adviceOf(path));
      const page = writeUnnamed(join(folder, fileName), text);
      files.push(page);
      pages.push({ fileName: pathText(Buffer.from(fileName)), sha256: page.sha256 });
    }
    const first = writeUnnamed(path, format.render(record, rendering));
    files.push(first);
    // The names were free when the files were begun, which may be long ago: once more before anything is noted.
    for (const file of files) file.requireFree();
    const written = pages.length === 0 ? { sha256: first.sha256 } : { sha256: first.sha256, pages };
    beforeNamed(written);
    for (const page of files) if (page !== first) page.giveName();
    if (pages.length > 0) syncFolder(folder);
    first.giveName();
    syncFolder(folder);
    return written;
  } catch (thrown) {
    // The first page first: one that lacks a page is never there.
    for (const file of files.toReversed()) file.withdraw();
    throw thrown;
  } finally {
    for (const file of files) file.abandon();
  }
}

/** Where the first page was moved away or an attempt was cut off, only pages are there. */
function adviceOf(path: string): string {
  return `. It may be a page of an earlier ${pathText(Buffer.from(basename(path)))}: give another name, or move all pages of that report elsewhere`;
}
