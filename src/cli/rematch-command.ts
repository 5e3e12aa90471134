import { resolve } from "node:path";
import { Failure, outcomeStatuses } from "../failure.ts";
import { addPass } from "../record/add-pass.ts";
import { settleRecord } from "../record/open-record.ts";
import { openSoundRecord } from "../record/open-view.ts";
import { nearOf } from "../record/passes.ts";
import type { PassFacts, PassNear, RecordView } from "../record/view.ts";
import { requireVectors } from "../reference/near-vectors.ts";
import { openReferenceSet } from "../reference/open-reference-set.ts";
import { chosenLists, type ListChoice } from "./chosen-lists.ts";
import { circumstances, custody } from "./custody.ts";
import { refuseUncomputed } from "./digests.ts";
import { existingHome } from "./home.ts";
import type { KeyOptions } from "./key.ts";
import { tellOutcome, writeReports } from "./scan-outcome.ts";
import { sealedCatalog } from "./sealed-catalog.ts";
import { stopOnSignals } from "./signals.ts";

export interface RematchCommandOptions extends KeyOptions, ListChoice {
  readonly examiner: string;
  readonly perceptual: boolean;
  readonly home?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const out = (text: string): void => void process.stdout.write(text);

/** `blindmatch rematch`. Gives the exit status. */
export async function runRematch(caseFolder: string, options: RematchCommandOptions): Promise<number> {
  const folder = resolve(caseFolder);
  const say = (text: string): void => void (options.quiet === true || process.stderr.write(`${text}\n`));
  const interruption = new AbortController();
  stopOnSignals(interruption, say);
  settleRecord(folder, custody());
  const record = finished(folder);
  const home = existingHome(options.home, "usage");
  const catalog = await sealedCatalog(home, options);
  const { lists, thresholds } = chosenLists(catalog, options);
  refuseUncomputed(record.header.options.digests, lists);
  const { all, byList } = thresholds;
  const facts = { lists, options: { ...all, nearThresholds: byList } };
  const near = nearDue(record, facts, options);
  if (near === "compared") requireVectors("rematch", "with --no-perceptual exact copies are found");
  const dropped = catalog.dropped.filter(({ agency, name }) => record.lists.some((list) => list.agency === agency && list.name === name)).map(({ agency, name, version, reason }) => ({ agency, name, version, reason }));
  const references = openReferenceSet(home, lists, catalog.key, thresholds);
  try {
    const added = await addPass(folder, custody(), {
      facts: { ...facts, near, ...(dropped.length === 0 ? {} : { dropped }), examiner: options.examiner, ...circumstances() },
      codesKey: catalog.key,
      match: ({ finding, sizeBytes }) => references.match(finding, sizeBytes),
      interrupt: interruption.signal,
    });
    if (added.state === "interrupted") {
      say("interrupted: nothing was written; the same command begins again");
      if (options.json === true) out(`${JSON.stringify({ event: "interrupted", exitStatus: outcomeStatuses.interrupted })}\n`);
      return outcomeStatuses.interrupted;
    }
    if (added.state === "same") say(`pass ${added.number} of this case had the same lists and thresholds and was made by the same version of this program: nothing was compared again and nothing was changed`);
  } finally {
    await references.close();
  }
  return tellOutcome(folder, writeReports(folder), options.json === true, out);
}

/** Errors: Failure("record-partial") for a scan that has not ended; Failure("record-damaged") when a row is not the one that the log vouches for: what was altered would not be found. */
function finished(folder: string): Pick<RecordView, "header" | "passes" | "lists"> {
  const record = openSoundRecord(folder);
  try {
    if (!record.complete)
      throw new Failure("record-partial", "record: found a scan that has not ended, expected a finished one; the scan's own command goes on with it, then a pass can be made");
    const { header, passes, lists } = record;
    return { header, passes, lists };
  } finally {
    record.close();
  }
}

/** Errors: Failure("usage") where pictures cannot be compared although that is due: a pass without it, once written, would leave the case incomplete for good. */
function nearDue(record: Parameters<typeof nearOf>[0], facts: Pick<PassFacts, "lists" | "options">, { perceptual }: RematchCommandOptions): PassNear {
  const near = nearOf(record, facts, perceptual);
  if (near === "no-codes-kept")
    throw new Failure("usage", "lists: found perceptual codes that no pass of this case compared under these thresholds, but the case kept none of its pictures (scan --keep-codes), expected none; --no-perceptual compares exact copies alone, and every report says so; --list leaves lists out");
  return near;
}
