import type { ListDescription } from "../model.ts";
import type { LogSummary } from "./log.ts";
import type { LogBodies, PassFacts, PassNear, PassRow } from "./view.ts";

/** The lists of all passes, one after the other. */
export function listsOf({ opened, passes }: LogSummary): readonly ListDescription[] {
  return [...opened.lists, ...passes.flatMap(({ body }) => body.lists)];
}

/** The scan's own comparison, in the words of a pass. */
export function scanPass({ header, lists }: LogBodies["opened"]): Pick<PassFacts, "lists" | "options" | "near"> {
  const { perceptual, nearDistanceBits, leastQuality, nearThresholds } = header.options;
  const near: PassNear = !perceptual ? "switched-off" : lists.some(({ counts }) => (counts.digests.pdq ?? 0) > 0) ? "compared" : "no-codes-in-lists";
  return { lists, options: { nearDistanceBits, leastQuality, nearThresholds }, near };
}

/** All passes in their order, the scan's own first. */
export function passRows({ opened, passes, closedAt }: LogSummary): readonly PassRow[] {
  const { examiner, commandLine, host, user } = opened.header;
  const { options, near } = scanPass(opened);
  const rows: PassRow[] = [{ number: 1, at: closedAt, firstList: 0, listCount: opened.lists.length, options, near, examiner, commandLine, host, user }];
  for (const { at, body } of passes) {
    const { firstList, listCount } = rows.at(-1)!;
    const facts = { options: body.options, near: body.near, examiner: body.examiner, commandLine: body.commandLine, host: body.host, user: body.user };
    rows.push({ number: body.pass, at, firstList: firstList + listCount, listCount: body.lists.length, ...facts });
  }
  return rows;
}
