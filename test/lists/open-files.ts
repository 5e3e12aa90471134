import { readdirSync, readlinkSync } from "node:fs";

/** Descriptors of this process that are open on something below a folder: none must be left when a list was read or refused. */
export function openFilesBelow(folder: string): string[] {
  return readdirSync("/proc/self/fd").filter((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`).startsWith(folder);
    } catch {
      return false;
    }
  });
}
