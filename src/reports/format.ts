import type { RecordView } from "../record/view.ts";

export interface ReportOptions {
  /** One row per entry with its digests and status, besides the matches. */
  readonly all: boolean;
  /** No row for a match or an entry: totals alone. */
  readonly countsOnly?: boolean;
  /** When the report is made; ISO 8601 with offset. */
  readonly madeAt: string;
  /** Version of the program that makes it. */
  readonly version: string;
  /** Name of the file that it is written to, by which its pages link to it; absent for standard output. */
  readonly fileName?: string;
}

/** A file of a report beside its first one. */
export interface ReportPage {
  readonly fileName: string;
  readonly text: Iterable<string>;
}

/** One report format. Pure: the same record and options give the same text. To add one: a file here, a line in `formats.ts`, a golden file. */
export interface ReportFormat {
  readonly name: string;
  /** File name extension without the dot. */
  readonly extension: string;
  /** Whether `all` means anything to it. */
  readonly rowsPerEntry: boolean;
  /** True where it is written for another program, and so only when somebody asks for it; the others are written by every scan. */
  readonly forPrograms?: true;
  /** True where it takes names and digests out of the case in a form that other programs load: that must be asked for, and is logged before it is made. */
  readonly needsUnredacted?: true;
  /** Whether it goes by `countsOnly`, and says of a record whose names are redacted that they are. */
  readonly restrictable?: true;
  /** The report, or the first page of one that has several. Errors: Failure("usage") for several pages without a `fileName`. */
  render(record: RecordView, options: ReportOptions): Iterable<string>;
  /** The other pages, none for a small report. Each is to be drawn to its end before the next one. Only where a format splits large reports. */
  readonly furtherPages?: (record: RecordView, options: ReportOptions) => Iterable<ReportPage>;
}
