import { type Architecture, type SystemCall, systemCallNumber } from "../seccomp/system-calls.ts";

/** A system call that a native program tries. Shape: a text stands for the address of it, ended by a zero. */
export interface NativeProbe {
  readonly name: string;
  readonly call: SystemCall;
  readonly args: readonly (number | bigint | string)[];
}

const newUserNamespace = 0x10000000;
const currentFolder = -100;
const unixSocket = 1;
const internetSocket = 2;
const stream = 1;

/** What JavaScript has no words for. Calls with arguments that do no harm where they pass. */
export const nativeProbes: readonly NativeProbe[] = [
  { name: "open a namespace of users", call: "unshare", args: [newUserNamespace] },
  { name: "make a file in memory", call: "memfd_create", args: ["probe", 0] },
  { name: "start a program by a descriptor", call: "execveat", args: [-1, "", 0, 0, 0] },
  { name: "make a socket of the network", call: "socket", args: [internetSocket, stream, 0] },
  { name: "make a socket of this machine", call: "socket", args: [unixSocket, stream, 0] },
  { name: "share memory with others", call: "shmget", args: [0, 4096, 0o1600] },
  { name: "hand calls to the kernel in a ring", call: "io_uring_setup", args: [1, 0] },
  { name: "signal a process", call: "kill", args: [1, 0] },
  { name: "open a file of this machine", call: "openat", args: [currentFolder, "/etc/passwd", 0] },
];

/** The last of them, after whose answers it is tried: it ends the process. */
export const fatalProbe: NativeProbe = { name: "trace a process", call: "ptrace", args: [0, 0, 0, 0] };

/** Bytes of an answer: what the call gave, as a signed number. */
export const answerBytes = 8;

const loadAt = 0x400000n;
const headerBytes = 64 + 56;

/**
 * A program of its own, without any library, that makes these calls one after the other, writes what they gave to its standard output, makes the fatal one, and,
 * where it still lives, writes what that gave.
 *
 * Shape:  a static ELF file of a few hundred bytes. Empty room for the answers lies behind the file's own bytes.
 * Source: System V ABI, "Object files", for x86-64 and AArch64; the processors' manuals for the four instructions that it needs.
 */
export function nativeProgram(architecture: Architecture): Uint8Array {
  const of = assemblers[architecture];
  const texts: string[] = [...nativeProbes, fatalProbe].flatMap(({ args }) => args.filter((arg) => typeof arg === "string"));
  const text = Buffer.from(texts.map((each) => `${each}\0`).join(""), "latin1");
  const code = (textsAt: bigint, answersAt: bigint): Buffer => {
    let at = textsAt;
    const addressed = (arg: number | bigint | string): bigint => {
      if (typeof arg !== "string") return BigInt.asUintN(64, BigInt(arg));
      at += BigInt(arg.length + 1);
      return at - BigInt(arg.length + 1);
    };
    const call = (name: SystemCall, args: readonly (number | bigint | string)[]): Buffer => of.call(systemCallNumber(architecture, name)!, args.map(addressed));
    const answerAt = (index: number): bigint => answersAt + BigInt(answerBytes * index);
    const answered = nativeProbes.length;
    return Buffer.concat([
      ...nativeProbes.flatMap(({ call: name, args }, index) => [call(name, args), of.store(answerAt(index))]),
      call("write", [1, answersAt, answerBytes * answered]),
      call(fatalProbe.call, fatalProbe.args),
      of.store(answerAt(answered)),
      call("write", [1, answerAt(answered), answerBytes]),
      call("exit_group", [0]),
    ]);
  };
  // Addresses are of a fixed length in every instruction, so that the code is as long whatever they are.
  const textsAt = loadAt + BigInt(headerBytes + code(0n, 0n).length);
  const answersAt = (textsAt + BigInt(text.length) + 15n) & ~15n;
  const file = Buffer.concat([Buffer.alloc(headerBytes), code(textsAt, answersAt), text]);
  writeHeaders(file, of.machine, Number(answersAt - loadAt) + answerBytes * (nativeProbes.length + 1));
  return file;
}

interface Assembler {
  /** The machine's number in an ELF header. */
  readonly machine: number;
  call(number: number, args: readonly bigint[]): Buffer;
  /** Puts what the last call gave at an address. */
  store(address: bigint): Buffer;
}

const assemblers: Readonly<Record<Architecture, Assembler>> = {
  x64: {
    machine: 62,
    // movabs into rdi, rsi, rdx, r10, r8 and rax; syscall. Then movabs from rax.
    call: (number, args) => Buffer.concat([...args.map((arg, at) => withAddress([0x48bf, 0x48be, 0x48ba, 0x49ba, 0x49b8][at]!, arg)), withAddress(0x48b8, BigInt(number)), Buffer.of(0x0f, 0x05)]),
    store: (address) => withAddress(0x48a3, address),
  },
  arm64: {
    machine: 183,
    // movz and movk into x0 to x4 and x8; svc 0. Then str x0, [x9].
    call: (number, args) => Buffer.concat([...args.map((arg, at) => movedInto(at, arg)), movedInto(8, BigInt(number)), words(0xd4000001)]),
    store: (address) => Buffer.concat([movedInto(9, address), words(0xf9000120)]),
  },
};

function withAddress(code: number, value: bigint): Buffer {
  const instruction = Buffer.alloc(10);
  instruction.writeUInt16BE(code);
  instruction.writeBigUInt64LE(value, 2);
  return instruction;
}

function movedInto(register: number, value: bigint): Buffer {
  const part = (index: number): number => Number((value >> BigInt(16 * index)) & 0xffffn) * 32 + register;
  return words(0xd2800000 + part(0), 0xf2a00000 + part(1), 0xf2c00000 + part(2), 0xf2e00000 + part(3));
}

function words(...instructions: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * instructions.length);
  for (const [at, instruction] of instructions.entries()) bytes.writeUInt32LE(instruction, 4 * at);
  return bytes;
}

/** One segment, read, written and executed: file and answers together. */
function writeHeaders(file: Buffer, machine: number, memoryBytes: number): void {
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(loadAt + BigInt(headerBytes), 24);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(1, 64);
  file.writeUInt32LE(7, 68);
  file.writeBigUInt64LE(loadAt, 80);
  file.writeBigUInt64LE(loadAt, 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(memoryBytes), 104);
  file.writeBigUInt64LE(0x10000n, 112);
}
