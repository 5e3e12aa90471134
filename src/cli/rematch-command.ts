import { resolve } from "node:path";
import { Failure, outcomeStatuses } from "../failure.ts";
import { addPass } from "../record/add-pass.ts";
import { openRecord } from "../record/open-view.ts";
import type { CaseHeader, PassNear } from "../record/view.ts";
import { verifyRecord } from "../record/verify-record.ts";
import { openReferenceSet } from "../reference/open-reference-set.ts";
import type { ReferenceSet } from "../reference/reference-set.ts";
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
  const header = headerOfFinished(folder);
  const home = existingHome(options.home, "usage");
  const catalog = await sealedCatalog(home, options);
  const { lists, thresholds } = chosenLists(catalog, options);
  refuseUncomputed(header.options.digests, lists);
  const references = openReferenceSet(home, lists, catalog.key, thresholds);
  try {
    const near = nearOf(header, references, options);
    const { all, byList } = thresholds;
    const added = await addPass(folder, custody(), {
      facts: { lists, options: { ...all, nearThresholds: byList }, near, examiner: options.examiner, ...circumstances() },
      codesKey: catalog.key,
      match: ({ finding, sizeBytes }) => references.match(finding, sizeBytes),
      interrupt: interruption.signal,
    });
    if (added.state === "interrupted") {
      say("interrupted: nothing was written; the same command begins again");
      if (options.json === true) out(`${JSON.stringify({ event: "interrupted", exitStatus: outcomeStatuses.interrupted })}\n`);
      return outcomeStatuses.interrupted;
    }
    if (added.state === "same") say(`pass ${added.number} of this case had the same lists and options: nothing was compared again and nothing was changed`);
    if (near === "no-codes-kept")
      say("the lists hold perceptual codes, but the case kept none of its pictures: they were compared by digests alone, and the answer is incomplete. scan --keep-codes keeps them; --no-perceptual says that exact copies are enough");
  } finally {
    await references.close();
  }
  return tellOutcome(folder, writeReports(folder), options.json === true, out);
}

/** Errors: Failure("record-partial") for a scan that has not ended; Failure("record-damaged") when a row is not the one that the log vouches for: what was altered would not be found. */
function headerOfFinished(folder: string): CaseHeader {
  const record = openRecord(folder);
  try {
    if (!record.complete)
      throw new Failure("record-partial", "record: found a scan that has not ended, expected a finished one; the scan's own command goes on with it, then a pass can be made");
    const [wrong] = verifyRecord(folder);
    if (wrong !== undefined) throw new Failure("record-damaged", `record, ${wrong.where}: found ${wrong.found}, expected ${wrong.expected}`);
    return record.header;
  } finally {
    record.close();
  }
}

function nearOf({ options: { keepCodes } }: CaseHeader, { hasPerceptualCodes }: ReferenceSet, { perceptual }: RematchCommandOptions): PassNear {
  if (!hasPerceptualCodes) return "no-codes-in-lists";
  if (!perceptual) return "switched-off";
  return keepCodes === true ? "compared" : "no-codes-kept";
}
