import { answer, filterProgram, onBits, onValues, verdicts } from "../seccomp/filter-program.ts";
import type { Architecture } from "../seccomp/system-calls.ts";
import { allowed, never } from "./decoder-calls.ts";

const cloneThread = 0x00010000;

/** What is asked of files and pipes: FIONBIO, FIOCLEX, FIONCLEX, TCGETS, TIOCGWINSZ. None of them alters what lies outside. */
const harmlessRequests = [0x5421, 0x5451, 0x5450, 0x5401, 0x5413];

/**
 * The filter of system calls that a decoder runs under.
 *
 * Shape:  allowed calls pass; calls that no decoder makes end the process by SIGSYS, as do those of another processor's tables; every other is refused
 *         with EPERM. Processes cannot be started, only threads; `clone3`, whose arguments a filter cannot see, is said not to exist, and libraries fall back to
 *         `clone`. `execve` has to pass, for the sandbox starts its program with it: what else could be started is not there to be seen.
 */
export function seccompFilter(architecture: Architecture): Uint8Array {
  const rules = [
    ...allowed.map((call) => ({ call, then: answer(verdicts.allow) })),
    { call: "clone" as const, then: [...onBits(0, cloneThread, answer(verdicts.allow)), ...answer(verdicts.notPermitted)] },
    { call: "ioctl" as const, then: [...onValues(1, harmlessRequests, answer(verdicts.allow)), ...answer(verdicts.notPermitted)] },
    { call: "clone3" as const, then: answer(verdicts.notImplemented) },
    ...never.map((call) => ({ call, then: answer(verdicts.killProcess) })),
  ];
  return filterProgram(architecture, rules, verdicts.notPermitted);
}
