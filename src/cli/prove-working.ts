import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directorySource } from "../evidence/directory.ts";
import { Failure } from "../failure.ts";
import { canaryAnswers, canaryPng } from "../perceptual/canary.ts";
import type { ReaderPool } from "../reading/pool.ts";
import { referenceSetOf } from "../reference/open-reference-set.ts";
import { type Asked, type Check, failed, findingChecks, matcherChecks } from "../selftest.ts";
import { knownPictureFolder } from "./sweep.ts";
import { plantedReferences } from "./planted.ts";

/**
 * Sends the known picture through the very readers, decoders and matcher that the scan will use.
 *
 * Shape:  names of what was checked. The picture lies in a private folder inside the case folder for as long as this takes.
 * Errors: Failure("selftest-failed") naming each answer that was wrong.
 */
export async function proveWorking(readers: ReaderPool, folder: string, asked: Asked): Promise<string[]> {
  const checks = await knownPictureChecks(readers, folder, asked);
  const wrong = failed(checks);
  if (wrong.length > 0) throw new Failure("selftest-failed", `self-test: the program does not work on this machine, nothing was examined: ${wrong.join("; ")}`);
  return checks.map(({ name }) => name);
}

/** The checks themselves, right or wrong. */
export async function knownPictureChecks(readers: ReaderPool, folder: string, asked: Asked): Promise<Check[]> {
  const place = mkdtempSync(knownPictureFolder(folder));
  try {
    writeFileSync(join(place, "known.png"), canaryPng(), { mode: 0o600, flag: "wx" });
    const [found] = directorySource(place).entries();
    if (found === undefined) return [{ name: "walk finds the known picture", expected: "1 entry", found: "none" }];
    const entry = { ...found, no: 0, sameAs: null };
    const [finding] = await readers.read(Buffer.from(place), [entry]);
    if (finding === undefined) return [{ name: "reader answers", expected: "a finding", found: "none" }];
    const planted = referenceSetOf([{ description: plantedReferences.description, references: plantedReferences.references(asked.digests) }]);
    return [...findingChecks(canaryAnswers, finding, asked), ...(await matcherChecks(planted, finding, entry.sizeBytes, asked))];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
