import type { ListDescription } from "../model.ts";
import type { LogSummary } from "./log.ts";
import { areCompared, type Comparison } from "./same-case.ts";
import type { LogBodies, PassFacts, PassNear, PassRow, RecordView } from "./view.ts";

/** The lists of all passes, one after the other. */
export function listsOf({ opened, passes }: LogSummary): readonly ListDescription[] {
  return [...opened.lists, ...passes.flatMap(({ body }) => body.lists)];
}

/** The scan's own comparison, in the words of a pass. */
export function scanPass({ header, lists }: LogBodies["opened"]): Pick<PassFacts, "lists" | "options" | "near" | "versions"> {
  const { perceptual, nearDistanceBits, leastQuality, nearThresholds } = header.options;
  const near: PassNear = !perceptual ? "switched-off" : lists.some(({ counts }) => (counts.digests.pdq ?? 0) > 0) ? "compared" : "no-codes-in-lists";
  return { lists, options: { nearDistanceBits, leastQuality, nearThresholds }, near, versions: header.versions };
}

/** All passes in their order, the scan's own first. */
export function passRows({ opened, passes, closedAt }: LogSummary): readonly PassRow[] {
  const { examiner, commandLine, host, user } = opened.header;
  const { options, near } = scanPass(opened);
  const rows: PassRow[] = [{ number: 1, at: closedAt, firstList: 0, listCount: opened.lists.length, options, near, examiner, commandLine, host, user }];
  const earlier: Comparison[] = [];
  for (const { at, body } of passes) {
    const { firstList, listCount } = rows.at(-1)!;
    const near: PassNear = body.near === "no-codes-kept" && areCompared(body, [scanPass(opened), ...earlier]) ? "compared-earlier" : body.near;
    earlier.push(body);
    const facts = { options: body.options, near, examiner: body.examiner, commandLine: body.commandLine, host: body.host, user: body.user };
    rows.push({ number: body.pass, at, firstList: firstList + listCount, listCount: body.lists.length, ...facts });
  }
  return rows;
}

/** Whether a pass with these lists is to compare pictures. Shape: "no-codes-kept" when that is due and cannot be done. */
export function nearOf(record: Pick<RecordView, "header" | "passes" | "lists">, given: Pick<PassFacts, "lists" | "options">, isAskedFor: boolean): PassNear {
  if (!given.lists.some(({ counts }) => (counts.digests.pdq ?? 0) > 0)) return "no-codes-in-lists";
  if (!isAskedFor) return "switched-off";
  if (record.header.options.keepCodes === true) return "compared";
  const earlier = record.passes.map(({ firstList, listCount, options, near }) => ({ lists: record.lists.slice(firstList, firstList + listCount), options, near }));
  return areCompared(given, earlier) ? "compared-earlier" : "no-codes-kept";
}
