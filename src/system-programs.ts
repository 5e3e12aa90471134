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

/** This process's own limits on dumps of memory, as the kernel writes them: bytes, or "unlimited"; empty where it says none. Source: proc_pid_limits(5). */
export function coreLimits(): { readonly soft: string; readonly hard: string } {
  const [, soft = "", hard = ""] = /^Max core file size +(\S+) +(\S+) /m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return { soft, hard };
}

/**
 * Most bytes of a dump of a process that is started here: `noDumpBytes`; but where the hard limit is 0
 * only root may raise it, and whoever is refused would start nothing: there it is 0. Source: setrlimit(2).
 */
export function coreLimitBytes(): number {
  return coreLimits().hard === "0" ? 0 : noDumpBytes;
}
