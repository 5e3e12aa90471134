import { appendReportRow } from "../../src/record/open-record.ts";
import { opening } from "./sample-case.ts";

// Run as a process of its own that is killed at some system call: FOLDER. Brings the record there up to date and adds one row.
appendReportRow(process.argv[2] ?? "", { format: "csv", all: false, fileName: "report.csv" }, opening({ isAlive: () => false }));
