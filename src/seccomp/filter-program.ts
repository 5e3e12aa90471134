import { type Architecture, auditArchitectures, type SystemCall, systemCallNumber } from "./system-calls.ts";

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

/** What a filter can answer a call: EPERM, ENOSYS, and the end of the process by SIGSYS among it. */
export const verdicts = { allow, killProcess, notPermitted: refuse(1), notImplemented: refuse(38) } as const;
export type Verdict = (typeof verdicts)[keyof typeof verdicts];

/** Calls by the tables of x32 have this bit set in their number. */
const x32Bit = 0x40000000;

export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

/** A part of a filter that ends it with this verdict. */
export function answer(verdict: Verdict): readonly Instruction[] {
  return [[end, 0, 0, verdict]];
}

/** A part of a filter that goes on with `then` where an argument has any of these bits. Shape: `then` ends the filter; the low 32 bits are looked at. */
export function onBits(argument: number, bits: number, then: readonly Instruction[]): readonly Instruction[] {
  return [[load, 0, 0, argumentAt(argument)], [jumpIfAnySet, 0, then.length, bits], ...then];
}

/** The same where an argument is one of these values. */
export function onValues(argument: number, values: readonly number[], then: readonly Instruction[]): readonly Instruction[] {
  return [[load, 0, 0, argumentAt(argument)], ...values.flatMap((value): readonly Instruction[] => [[jumpIfEqual, 0, then.length, value], ...then])];
}

/** What is done on one system call. Shape: `then` ends the filter. */
export interface CallRule {
  readonly call: SystemCall;
  readonly then: readonly Instruction[];
}

/**
 * A filter of system calls, as the kernel and bubblewrap take it.
 *
 * Shape:  `rules` in their order, then `otherwise`; calls that a processor does not have fall out. A call by another processor's tables, or by those of x32, ends
 *         the process: its number would mean another call.
 * Source: linux/seccomp.h, linux/filter.h.
 */
export function filterProgram(architecture: Architecture, rules: readonly CallRule[], otherwise: Verdict): Uint8Array {
  const onCall = ({ call, then }: CallRule): readonly Instruction[] => {
    const number = systemCallNumber(architecture, call);
    return number === null ? [] : [[jumpIfEqual, 0, then.length, number], ...then];
  };
  return assembled([
    [load, 0, 0, architectureAt],
    [jumpIfEqual, 1, 0, auditArchitectures[architecture]],
    [end, 0, 0, killProcess],
    [load, 0, 0, numberAt],
    [jumpIfAtLeast, 0, 1, x32Bit],
    [end, 0, 0, killProcess],
    ...rules.flatMap(onCall),
    ...answer(otherwise),
  ]);
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
