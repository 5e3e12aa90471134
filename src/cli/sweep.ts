import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { custody } from "./custody.ts";
import { partOwner } from "./write-file.ts";

const knownPicturePrefix = ".selftest-";

/** Where the known picture of a self-test will lie: a private folder inside the case folder, which is not there yet. */
export function knownPictureFolder(caseFolder: string): string {
  return join(caseFolder, `${knownPicturePrefix}${randomBytes(6).toString("hex")}`);
}

/** Removes what a killed session left behind: its known picture, and files that were not finished. To be called by the one writer of the case only. */
export function sweep(caseFolder: string): void {
  for (const name of readdirSync(caseFolder)) if (name.startsWith(knownPicturePrefix)) rmSync(join(caseFolder, name), { recursive: true, force: true });
  sweepParts(caseFolder);
}

/** Removes files of a case that were not finished by processes that have ended, or by this one. Whoever else is at work keeps his. */
export function sweepParts(caseFolder: string): void {
  const { isAlive, processId } = custody();
  for (const name of readdirSync(caseFolder)) {
    const owner = partOwner(name);
    if (owner !== null && (owner === processId || !isAlive(owner))) rmSync(join(caseFolder, name), { force: true });
  }
}
