import type { Command } from "commander";
import { helpEnd } from "./options.ts";

/** Which files each command writes, by its words. */
const writes: Readonly<Record<string, string>> = {
  scan: "into --case record.sqlite, report.jsonl, report.csv and report.html (of many rows also its pages, report.exact-2.html and so on; a number is added where another file has a name); while it\nruns also record.lock, record.sqlite-wal, record.sqlite-shm and a folder with known files (one of them a drawn picture).",
  rematch: "a pass into the record of the case folder, and reports under the next free names beside it.",
  report: "--output FILE, and nothing without it (of an HTML report of many rows also its pages beside FILE; with --names redacted FILE.names.age), and a row into the record that says so.",
  selftest: "nothing that stays; with --kit into DIR validation.html, validation.jsonl, validation.manifest.json and its signature (.minisig), and the exhibits, lists, keys and cases that it draws.",
  seal: "into the case folder manifest.json (manifest-2.json and so on when sealed again) and its signature (.minisig; with --co-sign KEY-ID.minisig), and a row into the record; with --seal-to the\n--bundle FILE, or CASE.tar.age beside the case folder.",
  timestamp: "--request FILE; with --response the time stamp beside its manifest (.tsr).",
  verify: "nothing.",
  key: "see its commands.",
  "key new": "FILE, and the public half FILE.pub.",
  "key show": "nothing.",
  list: "see its commands.",
  "list import": "into the home catalog.sqlite and a file in segments; the first time also key, unless another key or a passphrase is given.",
  "list diff": "nothing.",
  "list ls": "nothing.",
  "list show": "nothing.",
  "list verify": "nothing.",
  "list drop": "the home's catalog.sqlite, and removes the list's file in segments.",
  "list trust": "the home's catalog.sqlite; the first time also key, unless another key or a passphrase is given.",
};

/** Adds to the help of each command what it writes, and the exit statuses and environment variables. Errors: RangeError for a command of which nobody said what it writes. */
export function completeHelp(command: Command, words: readonly string[] = []): void {
  for (const child of command.commands) {
    const path = [...words, child.name()];
    const written = writes[path.join(" ")];
    if (written === undefined) throw new RangeError(`help of ${path.join(" ")}: found nothing of what it writes, expected a line in help.ts`);
    child.addHelpText("after", `\nWrites ${written}\n${helpEnd}`);
    completeHelp(child, path);
  }
}
