import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directorySource } from "../evidence/directory.ts";
import { Failure } from "../failure.ts";
import { canaryAnswers, canaryPng } from "../perceptual/canary.ts";
import type { ConfinedReaders } from "../reading/confined-readers.ts";
import { referenceSetOf } from "../reference/open-reference-set.ts";
import { type Asked, type Check, failed, findingChecks, matcherChecks } from "../selftest.ts";
import { plantedReferences } from "./planted.ts";

/**
 * Sends the known picture through the very readers, decoders and matcher that the scan will use.
 *
 * Shape:  names of what was checked. `place` is where `withKnownPicture` laid the picture.
 * Errors: Failure("selftest-failed") naming each answer that was wrong.
 */
export async function proveWorking(readers: ConfinedReaders, place: string, asked: Asked): Promise<string[]> {
  const checks = await knownPictureChecks(readers, place, asked);
  const wrong = failed(checks);
  if (wrong.length > 0) throw new Failure("selftest-failed", `self-test: the program does not work on this machine, nothing was examined: ${wrong.join("; ")}`);
  return checks.map(({ name }) => name);
}

/** The checks themselves, right or wrong. */
export async function knownPictureChecks(readers: ConfinedReaders, place: string, asked: Asked): Promise<Check[]> {
  const [found] = directorySource(place).entries();
  if (found === undefined) return [{ name: "walk finds the known picture", expected: "1 entry", found: "none" }];
  const entry = { ...found, no: 0, sameAs: null };
  const [finding] = await readers.read(Buffer.from(place), [entry]);
  if (finding === undefined) return [{ name: "reader answers", expected: "a finding", found: "none" }];
  const planted = referenceSetOf([{ description: plantedReferences.description, references: plantedReferences.references(asked.digests) }]);
  return [...findingChecks(canaryAnswers, finding, asked), ...(await matcherChecks(planted, finding, entry.sizeBytes, asked))];
}

/** Lays the known picture into a new private folder for as long as some work takes: readers that are to see it must be started within. */
export async function withKnownPicture<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(place, { mode: 0o700 });
  try {
    writeFileSync(join(place, "known.png"), canaryPng(), { mode: 0o600, flag: "wx" });
    return await work();
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
