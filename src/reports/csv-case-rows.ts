import type { RecordView } from "../record/view.ts";
import { row } from "./csv-rows.ts";
import { elapsedSentence, type History } from "./history.ts";
import { clockText } from "./pass-terms.ts";

/** Who examined what, when and with what: a `case` row for each fact, its name in `status`. */
export function* caseRows({ header }: RecordView, history: History): Generator<string> {
  const elapsed = elapsedSentence(history);
  const facts: readonly (readonly [fact: string, text: string | null])[] = [
    ["examiner", header.examiner],
    ["organisation", header.organisation],
    ["evidence", header.evidence],
    ["file-system", `${header.evidenceIdentity.fileSystem} (${header.evidenceIdentity.kind}), root inode ${header.evidenceIdentity.rootInode}`],
    ["started", history.startedAt],
    ["ended", history.endedAt ?? "not ended"],
    ["took", elapsed],
    ["time-zone", header.timeZone],
    ["clock", header.clock === undefined ? null : clockText(header.clock)],
    ["run-on", `${header.host} as ${header.user}`],
    ["command", header.commandLine.join(" ")],
    ...Object.entries(header.versions).sort(([one], [other]) => (one < other ? -1 : 1)).map(([component, version]) => ["version", `${component} ${version}`] as const),
    ...history.selftests.map((check) => ["self-test", check] as const),
    ["results-digest", history.resultsHead],
  ];
  for (const [fact, text] of facts) if (text !== null) yield row("case", { status: fact, detail: text });
}
