import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { systemProgram } from "../system-programs.ts";

/** Most bytes of a dump. Of 1 the kernel writes none at all, where a limit of 0 still hands the memory to a program that asked for dumps. Source: core(5). */
const limitBytes = 1;

/** What to say where they are not off. */
export const coreDumpsWarning = "dumps of memory after a crash could not be switched off (prlimit, of the package util-linux, is missing or was refused): a crash may have left content of the evidence on this machine";

/** Sees to it that neither this process nor any that it starts leaves its memory anywhere when it crashes: content, lists and keys are in it. False where that cannot be had. */
export function switchOffCoreDumps(): boolean {
  const program = systemProgram("prlimit");
  if (program !== null) spawnSync(program, [`--core=${limitBytes}:${limitBytes}`, "--pid", String(process.pid)], { stdio: "ignore", env: {} });
  return areCoreDumpsOff();
}

export function areCoreDumpsOff(): boolean {
  return new RegExp(`^Max core file size +${limitBytes} +${limitBytes} `, "m").test(readFileSync("/proc/self/limits", "utf8"));
}
