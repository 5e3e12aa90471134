import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A private folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "blindmatch-test-"));
  // Node cannot remove what lies deeper than PATH_MAX.
  afterAll(() => void execFileSync("rm", ["-rf", "--", folder]));
  return folder;
}
