import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nativeProgram } from "../../src/perceptual/native-probe.ts";
import { seccompFilter } from "../../src/perceptual/seccomp-filter.ts";
import { allowed, never } from "../../src/perceptual/decoder-calls.ts";
import { readerFilter, refusedToReaders } from "../../src/reading/reader-filter.ts";
import { type Architecture, architectures, auditArchitectures, type SystemCall, systemCallNumber } from "../../src/seccomp/system-calls.ts";

const verdicts = { allow: 0x7fff0000, kill: 0x80000000, notPermitted: 0x00050001, notImplemented: 0x00050026 } as const;

/** Runs a filter as the kernel does. Source: linux/filter.h; the five instructions that are used. */
function verdict(filter: Uint8Array, number: number, audit: number, args: readonly number[] = []): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, audit, true);
  for (const [index, arg] of args.entries()) data.setUint32(16 + 8 * index, arg, true);
  const program = new DataView(filter.buffer);
  let accumulator = 0;
  for (let at = 0; ; ) {
    const [code, ifTrue, ifFalse, operand] = [program.getUint16(8 * at, true), program.getUint8(8 * at + 2), program.getUint8(8 * at + 3), program.getUint32(8 * at + 4, true)];
    at += 1;
    if (code === 0x06) return operand;
    if (code === 0x20) accumulator = data.getUint32(operand, true);
    else {
      const holds: Readonly<Record<number, boolean>> = { 0x15: accumulator === operand, 0x35: accumulator >= operand, 0x45: (accumulator & operand) !== 0 };
      at += holds[code] === true ? ifTrue : ifFalse;
    }
  }
}

describe.each(architectures)("the filter for %s", (architecture) => {
  const filter = seccompFilter(architecture);
  const audit = auditArchitectures[architecture];
  const of = (name: SystemCall, ...args: readonly number[]): number => verdict(filter, systemCallNumber(architecture, name)!, audit, args);

  it("is no longer than the kernel takes", () => {
    expect(filter.length % 8).toBe(0);
    expect(filter.length / 8).toBeLessThan(4096);
  });

  it("lets pass what is allowed, and ends what no decoder does", () => {
    for (const name of allowed.filter((name) => systemCallNumber(architecture, name) !== null)) expect(of(name), name).toBe(verdicts.allow);
    for (const name of never.filter((name) => systemCallNumber(architecture, name) !== null)) expect(of(name), name).toBe(verdicts.kill);
  });

  it("refuses all others, known or not", () => {
    const known = new Set([...allowed, ...never, "clone", "clone3", "ioctl"].map((name) => systemCallNumber(architecture, name as SystemCall)));
    for (let number = 0; number < 1024; number++) if (!known.has(number)) expect(verdict(filter, number, audit), `${number}`).toBe(verdicts.notPermitted);
    for (const name of ["socket", "kill", "memfd_create", "execveat", "unshare", "io_uring_setup"] as const) expect(of(name), name).toBe(verdicts.notPermitted);
  });

  it("lets threads start and no processes", () => {
    expect(of("clone", 0x003d0f00)).toBe(verdicts.allow);
    expect(of("clone", 0x01200011)).toBe(verdicts.notPermitted);
    expect(of("clone", 0x10000011)).toBe(verdicts.notPermitted);
    expect(of("clone3", 0)).toBe(verdicts.notImplemented);
  });

  it("lets no input be faked at a terminal", () => {
    expect(of("ioctl", 0, 0x5421)).toBe(verdicts.allow);
    expect(of("ioctl", 0, 0x5412)).toBe(verdicts.notPermitted);
  });

  it("ends calls by other tables: another processor's, and those of x32", () => {
    const read = systemCallNumber(architecture, "read")!;
    for (const other of Object.values(auditArchitectures).filter((other) => other !== audit)) expect(verdict(filter, read, other)).toBe(verdicts.kill);
    expect(verdict(filter, read, 0x40000003)).toBe(verdicts.kill);
    expect(verdict(filter, 0x40000000 + read, audit)).toBe(verdicts.kill);
    expect(verdict(filter, 0xffffffff, audit)).toBe(verdicts.kill);
  });
});

describe.each(architectures)("the filter of readers for %s", (architecture) => {
  const filter = readerFilter(architecture);
  const audit = auditArchitectures[architecture];

  it("refuses what no reader calls, and nothing else", () => {
    const refused = new Set(refusedToReaders.map((name) => systemCallNumber(architecture, name)).filter((number) => number !== null));
    expect(refused).toContain({ x64: 304, arm64: 265 }[architecture]);
    for (let number = 0; number < 1024; number++) expect(verdict(filter, number, audit), `${number}`).toBe(refused.has(number) ? verdicts.notPermitted : verdicts.allow);
  });

  it("ends calls by other tables: another processor's, and those of x32", () => {
    for (const other of [...Object.values(auditArchitectures).filter((other) => other !== audit), 0x40000003]) expect(verdict(filter, 0, other)).toBe(verdicts.kill);
    expect(verdict(filter, 0x40000000, audit)).toBe(verdicts.kill);
  });
});

/** Where Debian's linux-libc-dev says what the numbers are. */
const headers: Readonly<Record<Architecture, string>> = { x64: "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", arm64: "/usr/include/asm-generic/unistd.h" };

describe.each(architectures.filter((architecture) => existsSync(headers[architecture])))("the numbers of system calls on %s", (architecture) => {
  it("are those of the kernel's own headers", () => {
    const text = readFileSync(headers[architecture], "latin1");
    const stated = new Map([...text.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm)].map(([, name, number]) => [name!, Number(number)]));
    const generic: Readonly<Record<string, string>> = { newfstatat: "fstatat" };
    for (const name of [...allowed, ...never, ...refusedToReaders, "clone", "clone3", "ioctl", "socket", "kill", "memfd_create", "execveat", "unshare", "io_uring_setup", "shmget"] as const) {
      const expected = stated.get(name) ?? stated.get(generic[name] ?? name) ?? null;
      expect(systemCallNumber(architecture, name), name).toBe(expected);
    }
  });
});

describe("the native program of the probes", () => {
  it.each(architectures)("is a static file for %s, of the same size whenever it is made", (architecture) => {
    const file = Buffer.from(nativeProgram(architecture));
    expect(file.subarray(0, 7)).toEqual(Buffer.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1));
    expect(file.readUInt16LE(18)).toBe({ x64: 62, arm64: 183 }[architecture]);
    expect(Number(file.readBigUInt64LE(96))).toBe(file.length);
    expect(file.length).toBeLessThan(4096);
    expect(file).toEqual(Buffer.from(nativeProgram(architecture)));
  });

  it("ends every call of arm64 by svc 0 and has one more for each of its endings", () => {
    const file = Buffer.from(nativeProgram("arm64"));
    const words = Array.from({ length: (file.length - 120) >> 2 }, (_, at) => file.readUInt32LE(120 + 4 * at));
    expect(words.filter((word) => word === 0xd4000001)).toHaveLength(13);
  });
});
