import { existsSync, readFileSync } from "node:fs";

/** Nobody: a user that owns nothing. */
export const nobody = 65_534;

/** Where programs of the system are looked for: never where whoever started this says. */
export const systemProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

/** Path of a program of the system, such as `bwrap`; null when this machine has none of that name. */
export function systemProgram(name: string): string | null {
  return systemProgramFolders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path)) ?? null;
}

/** Most bytes of a dump of memory: of 1 the kernel writes none at all, where 0 still hands the memory to a program that asked for dumps. Source: core(5). */
export const noDumpBytes = 1;

/**
 * Most bytes of a dump of a process that is started here: `noDumpBytes`; but where the hard limit is 0
 * only root may raise it, and whoever is refused would start nothing: there it is 0. Source: setrlimit(2).
 */
export function coreLimitBytes(): number {
  return /^Max core file size +\S+ +0 /m.test(readFileSync("/proc/self/limits", "utf8")) ? 0 : noDumpBytes;
}
