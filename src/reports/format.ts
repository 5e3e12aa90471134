import type { RecordView } from "../record/view.ts";

export interface ReportOptions {
  /** One row per entry with its digests and status, besides the matches. */
  readonly all: boolean;
  /** When the report is made; ISO 8601 with offset. */
  readonly madeAt: string;
  /** Version of the program that makes it. */
  readonly version: string;
}

/** One report format. Pure: the same record and options give the same text. To add one: a file here, a line in `formats.ts`, a golden file. */
export interface ReportFormat {
  readonly name: string;
  /** File name extension without the dot. */
  readonly extension: string;
  /** Whether `all` means anything to it. */
  readonly rowsPerEntry: boolean;
  render(record: RecordView, options: ReportOptions): Iterable<string>;
}
