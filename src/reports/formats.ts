import { bodyfile } from "./bodyfile.ts";
import { caseUco } from "./case-uco.ts";
import { csv } from "./csv.ts";
import { dfxml } from "./dfxml.ts";
import type { ReportFormat } from "./format.ts";
import { hashdeep } from "./hashdeep.ts";
import { html } from "./html.ts";
import { jsonl } from "./jsonl.ts";
import { vics } from "./vics.ts";

/** Every report format there is, the system of record first. */
export const formats: readonly ReportFormat[] = [jsonl, csv, html, vics, dfxml, caseUco, hashdeep, bodyfile];
