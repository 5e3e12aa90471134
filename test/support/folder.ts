import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Where files need not outlast anything, and syncing them takes no time: memory, where the system offers it. */
export const inMemory: string = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const made: string[] = [];

// Registered while the file is collected: a hook that a test registers while it runs is never called.
afterAll(() => {
  for (const folder of made) {
    const mounted = readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "");
    for (const place of mounted.filter((place) => place.startsWith(`${folder}/`)).reverse()) spawnSync("umount", ["-l", place]);
    // Node cannot remove what lies deeper than PATH_MAX.
    execFileSync("rm", ["-rf", "--one-file-system", "--", folder]);
  }
});

/** A private folder that is gone after the test file, with whatever was mounted below it. */
export function temporaryFolder(within: string = tmpdir()): string {
  const folder = mkdtempSync(join(within, "blindmatch-test-"));
  made.push(folder);
  return folder;
}
