import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { PlannedEntry } from "../model.ts";
import { canaryAnswers, canaryPng } from "../perceptual/canary.ts";
import type { ReaderPool } from "../reading/pool.ts";
import { referenceSetOf } from "../reference/open-reference-set.ts";
import { type Check, failed, findingChecks, matcherChecks } from "../selftest.ts";
import { knownPictureFolder } from "./sweep.ts";
import { plantedReferences } from "./planted.ts";

/**
 * Sends the known picture through the very readers, decoders and matcher that the scan will use.
 *
 * Shape:  names of what was checked. The picture lies in a private folder inside the case folder for as long as this takes.
 * Errors: Failure("selftest-failed") naming each answer that was wrong.
 */
export async function proveWorking(readers: ReaderPool, folder: string, perceptual: boolean): Promise<string[]> {
  const checks = await knownPictureChecks(readers, folder, perceptual);
  const wrong = failed(checks);
  if (wrong.length > 0) throw new Failure("selftest-failed", `self-test: the program does not work on this machine, nothing was examined: ${wrong.join("; ")}`);
  return checks.map(({ name }) => name);
}

/** The checks themselves, right or wrong. */
export async function knownPictureChecks(readers: ReaderPool, folder: string, perceptual: boolean): Promise<Check[]> {
  const place = mkdtempSync(knownPictureFolder(folder));
  try {
    const path = join(place, "known.png");
    writeFileSync(path, canaryPng(), { mode: 0o600, flag: "wx" });
    const entry = plannedFile(path, "known.png");
    const [finding] = await readers.read(Buffer.from(place), [entry]);
    if (finding === undefined) return [{ name: "reader answers", expected: "a finding", found: "none" }];
    const planted = referenceSetOf([{ description: plantedReferences.description, references: plantedReferences.references() }]);
    return [...findingChecks(canaryAnswers, finding, perceptual), ...matcherChecks(planted, finding, entry.sizeBytes, perceptual)];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function plannedFile(path: string, name: string): PlannedEntry {
  const status = lstatSync(path, { bigint: true });
  return {
    no: 0,
    sameAs: null,
    path: Buffer.from(name),
    kind: "file",
    sizeBytes: Number(status.size),
    device: status.dev,
    inode: status.ino,
    links: Number(status.nlink),
    mode: Number(status.mode),
    modifiedNs: status.mtimeNs,
    changedNs: status.ctimeNs,
    accessedNs: status.atimeNs,
    createdNs: status.birthtimeNs,
    unread: null,
    errorCode: null,
  };
}
