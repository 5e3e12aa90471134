import type { RecordView } from "../record/view.ts";
import { besideRecord, recordName } from "./case-files.ts";
import { type Check, note, wrong } from "./check.ts";
import { type Manifest } from "./manifest.ts";
import { partsOf } from "./manifest-names.ts";
import { reportFiles } from "./report-rows.ts";

/** Names that only this program gives. */
const ownNames = /^(?:record|report|manifest)/;

/** A file that was not finished: whoever wrote it was killed. */
const unfinished = /\.\d+\.part$/;

/** Files that nothing vouches for: those under names of ours are wrong, others are named. */
export function* checkNames(names: readonly string[], record: RecordView | null, newest: { readonly name: string; readonly manifest: Manifest } | null): Generator<Check> {
  const covered = new Set(newest === null ? [recordName] : [...newest.manifest.files.map(({ name }) => name), ...partsOf(newest.name, names)]);
  if (newest === null && record !== null) for (const name of reportFiles(record)) covered.add(name);
  for (const name of names) {
    if (covered.has(name)) continue;
    if (unfinished.test(name)) yield note(`${name}: left unfinished by a program that was ended; nothing covers it`);
    else if (newest === null && besideRecord.includes(name)) yield note(`${name}: of a program that is writing to the record, or was ended while it did`);
    else if (ownNames.test(name)) yield wrong(name, "a file that neither the record nor a manifest covers", "none under such a name");
    else yield note(`${name}: not covered by the record or a manifest`);
  }
}
