import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directorySource } from "../evidence/directory.ts";
import { Failure } from "../failure.ts";
import type { Batch, Finding } from "../model.ts";
import { canaryAnswers, canaryPng } from "../perceptual/canary.ts";
import type { ConfinedReaders } from "../reading/confined-readers.ts";
import { referenceSetOf } from "../reference/open-reference-set.ts";
import { type Asked, type Check, failed, findingChecks, matcherChecks } from "../selftest.ts";
import { knownFilesChecks, million, writeKnownFiles } from "./known-files.ts";
import { plantedReferences } from "./planted.ts";

const knownPicture = "known.png";

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
  const found = [...directorySource(place).entries()].map((entry, no) => ({ ...entry, no, sameAs: null }));
  const entry = found.find(({ path }) => Buffer.from(path).toString() === knownPicture);
  if (entry === undefined) return [{ name: "walk finds the known picture", expected: "1 entry", found: "none" }];
  const [finding] = await readers.read(Buffer.from(place), [entry]);
  if (finding === undefined) return [{ name: "reader answers", expected: "a finding", found: "none" }];
  const planted = referenceSetOf([{ description: plantedReferences.description, references: plantedReferences.references(asked) }]);
  const checks = findingChecks(canaryAnswers, finding, asked);
  const isMillion = ({ path }: { readonly path: Uint8Array }): boolean => Buffer.from(path).toString() === million.name;
  const sideBySide = asked.digests.includes("md5") ? await filesRead(readers, place, found.filter((one) => one !== entry && !isMillion(one))) : new Map<string, Finding>();
  checks.push(...knownFilesChecks(new Map([...sideBySide, ...(await filesRead(readers, place, found.filter(isMillion)))]), asked.digests));
  return [...checks, ...(await matcherChecks(planted, finding, entry.sizeBytes, asked))];
}

/** What a reader makes of the known files in one batch. */
async function filesRead(readers: ConfinedReaders, place: string, files: Batch): Promise<ReadonlyMap<string, Finding>> {
  const findings = await readers.read(Buffer.from(place), files);
  return new Map(findings.map((finding, at) => [Buffer.from(files[at]?.path ?? []).toString(), finding]));
}

/** Lays the known picture, and other known files, into a new private folder for as long as some work takes: readers that are to see it must be started within. */
export async function withKnownPicture<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(place, { mode: 0o700 });
  try {
    writeFileSync(join(place, knownPicture), canaryPng(), { mode: 0o600, flag: "wx" });
    writeKnownFiles(place);
    return await work();
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
