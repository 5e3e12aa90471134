import type { RecordView } from "../record/view.ts";
import { forbiddenChangesSentence } from "./evidence-changes.ts";
import type { History } from "./history.ts";
import { nothingToFind, whyNothingToFind } from "./not-searched.ts";
import { replacedListSentences } from "./replaced-lists.ts";

/** What speaks against the answer, the gravest first: the same sentences in every format. */
export function warningsOf(record: RecordView, history: History): readonly string[] {
  const changes = forbiddenChangesSentence(history);
  return [...(changes === null ? [] : [changes]), ...(nothingToFind(record) ? [whyNothingToFind(record)] : []), ...replacedListSentences(record), ...history.warnings];
}
