import { existsSync } from "node:fs";

/** Nobody: a user that owns nothing. */
export const nobody = 65_534;

/** Where programs of the system are looked for: never where whoever started this says. */
export const systemProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

/** Path of a program of the system, such as `bwrap`; null when this machine has none of that name. */
export function systemProgram(name: string): string | null {
  return systemProgramFolders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path)) ?? null;
}
