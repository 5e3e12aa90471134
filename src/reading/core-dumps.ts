import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { coreLimits, noDumpBytes, systemProgram } from "../system-programs.ts";

/** What to say where they are not off. */
export const coreDumpsWarning = "dumps of memory after a crash could not be switched off (prlimit, of the package util-linux, is missing or was refused; of a hard limit of 0 only root may make the 1 that keeps them from programs that ask for dumps): a crash may have left content of the evidence on this machine";

/** Sees to it that neither this process nor any that it starts leaves its memory anywhere when it crashes: content, lists and keys are in it. False where that cannot be had. */
export function switchOffCoreDumps(): boolean {
  const program = systemProgram("prlimit");
  if (program !== null) spawnSync(program, [`--core=${noDumpBytes}:${noDumpBytes}`, "--pid", String(process.pid)], { stdio: "ignore", env: {} });
  return areCoreDumpsOff();
}

/** With a limit of 0 no file is written, and they are off unless a program asked for dumps. */
export function areCoreDumpsOff(): boolean {
  const { soft, hard } = coreLimits();
  const isBoth = (bytes: number): boolean => soft === `${bytes}` && hard === `${bytes}`;
  return isBoth(noDumpBytes) || (isBoth(0) && !readFileSync("/proc/sys/kernel/core_pattern", "latin1").startsWith("|"));
}
