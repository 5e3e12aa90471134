import { allowed, type Architecture, auditArchitectures, never, type SystemCall, systemCallNumber } from "./system-calls.ts";

// Places in what the kernel hands a filter: the number of the call, the processor, six arguments of 64 bits. Source: linux/seccomp.h.
const numberAt = 0;
const architectureAt = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

// Instructions of classic BPF. Source: linux/filter.h.
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnySet = 0x45;
const end = 0x06;

const allow = 0x7fff0000;
const killProcess = 0x80000000;
const refuse = (errorNumber: number): number => 0x00050000 | errorNumber;
const notPermitted = refuse(1);
const notImplemented = refuse(38);

/** Calls by the tables of x32 have this bit set in their number. */
const x32Bit = 0x40000000;
const cloneThread = 0x00010000;

/** What is asked of files and pipes: FIONBIO, FIOCLEX, FIONCLEX, TCGETS, TIOCGWINSZ. None of them alters what lies outside. */
const harmlessRequests = [0x5421, 0x5451, 0x5450, 0x5401, 0x5413];

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/**
 * The filter of system calls that a decoder runs under, as the kernel and bubblewrap take it.
 *
 * Shape:  allowed calls pass; calls that no decoder makes end the process by SIGSYS, as do those of another processor's tables; every other is refused
 *         with EPERM. Processes cannot be started, only threads; `clone3`, whose arguments a filter cannot see, is said not to exist, and libraries fall back to
 *         `clone`. `execve` has to pass, for the sandbox starts its program with it: what else could be started is not there to be seen.
 * Source: linux/seccomp.h, linux/filter.h.
 */
export function seccompFilter(architecture: Architecture): Uint8Array {
  const onCall = (name: SystemCall, then: readonly Instruction[]): readonly Instruction[] => {
    const number = systemCallNumber(architecture, name);
    return number === null ? [] : [[jumpIfEqual, 0, then.length, number], ...then];
  };
  const program: readonly Instruction[] = [
    [load, 0, 0, architectureAt],
    [jumpIfEqual, 1, 0, auditArchitectures[architecture]],
    [end, 0, 0, killProcess],
    [load, 0, 0, numberAt],
    [jumpIfAtLeast, 0, 1, x32Bit],
    [end, 0, 0, killProcess],
    ...allowed.flatMap((name) => onCall(name, [[end, 0, 0, allow]])),
    ...onCall("clone", [
      [load, 0, 0, argumentAt(0)],
      [jumpIfAnySet, 0, 1, cloneThread],
      [end, 0, 0, allow],
      [end, 0, 0, notPermitted],
    ]),
    ...onCall("ioctl", [
      [load, 0, 0, argumentAt(1)],
      ...harmlessRequests.flatMap((request): readonly Instruction[] => [
        [jumpIfEqual, 0, 1, request],
        [end, 0, 0, allow],
      ]),
      [end, 0, 0, notPermitted],
    ]),
    ...onCall("clone3", [[end, 0, 0, notImplemented]]),
    ...never.flatMap((name) => onCall(name, [[end, 0, 0, killProcess]])),
    [end, 0, 0, notPermitted],
  ];
  return assembled(program);
}

function assembled(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(8 * program.length);
  const view = new DataView(bytes.buffer);
  for (const [at, [code, ifTrue, ifFalse, operand]] of program.entries()) {
    view.setUint16(8 * at, code, true);
    view.setUint8(8 * at + 2, ifTrue);
    view.setUint8(8 * at + 3, ifFalse);
    view.setUint32(8 * at + 4, operand, true);
  }
  return bytes;
}
