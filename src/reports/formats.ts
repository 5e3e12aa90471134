import { csv } from "./csv.ts";
import type { ReportFormat } from "./format.ts";
import { html } from "./html.ts";
import { jsonl } from "./jsonl.ts";

/** Every report format there is, the system of record first. */
export const formats: readonly ReportFormat[] = [jsonl, csv, html];
