import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const knownPicturePrefix = ".selftest-";

/** Where the known picture of a self-test will lie: a private folder inside the case folder, which is not there yet. */
export function knownPictureFolder(caseFolder: string): string {
  return join(caseFolder, `${knownPicturePrefix}${randomBytes(6).toString("hex")}`);
}

/** Removes what a killed session left behind: its known picture, and reports that were not finished. To be called by the one writer of the case only. */
export function sweep(caseFolder: string): void {
  for (const name of readdirSync(caseFolder))
    if (name.startsWith(knownPicturePrefix) || /^report.*\.\d+\.part$/.test(name)) rmSync(join(caseFolder, name), { recursive: true, force: true });
}
