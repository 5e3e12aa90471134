import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { Isolation } from "../isolation.ts";
import { environment, filterDescriptor, nativeDescriptor, type SandboxCommand, sandboxCommand } from "./sandbox-command.ts";

/** A process that is spoken to by its standard streams alone. */
export type PipedProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/**
 * JavaScript memory of a decoder; pixels lie outside it. Optimising what runs while its modules are loaded, and never again, would be a third of what a start costs: what
 * goes over pixels needs milliseconds to be taken for hot all the same.
 */
export const nodeOptions: readonly string[] = ["--max-old-space-size=256", "--interrupt-budget=1000000"];

/**
 * How a compiled program of `perceptual/` is started, each call a process of its own.
 *
 * Shape:  ends with its parent, however that ends, and is the first to go when memory runs out.
 * Errors: Failure("sandbox-unavailable") at once when a part of the sandbox is missing; a process that does not come up shows by its end.
 */
export function starterOf(program: string, isolation: Isolation): () => PipedProcess {
  if (isolation === "process") return () => startPlain(program);
  const command = sandboxCommand(program, { node: nodeOptions }, isRoot());
  return () => startInSandbox(command);
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function startInSandbox({ command, args, filter }: SandboxCommand): PipedProcess {
  return withHandedIn(spawn(command, args, { ...apart, stdio: ["pipe", "pipe", "ignore", "pipe"] }), { [filterDescriptor]: filter });
}

/** The same for a program that tries the sandbox. Shape: `native` is what a command for one needs, null for others; what the starting programs say comes by `stderr`. */
export function startProbe({ command, args, filter }: SandboxCommand, native: Uint8Array | null): PipedProcess & { readonly stderr: Readable } {
  const child = spawn(command, args, { ...apart, stdio: ["pipe", "pipe", "pipe", "pipe", ...(native === null ? [] : ["pipe" as const])] });
  return withHandedIn(child, { [filterDescriptor]: filter, ...(native === null ? {} : { [nativeDescriptor]: native }) }) as PipedProcess & { readonly stderr: Readable };
}

// A session of its own: what is typed at the terminal (Ctrl-C) must not make a crash of the picture at hand.
const apart = { cwd: "/", detached: true, env: {} };

function withHandedIn(child: ChildProcess, bytesFor: Readonly<Record<number, Uint8Array>>): PipedProcess {
  for (const [descriptor, bytes] of Object.entries(bytesFor)) {
    const pipe = child.stdio[Number(descriptor)] as Writable | undefined;
    // A sandbox that ends before it has read them shows by its end.
    pipe?.on("error", () => undefined);
    pipe?.end(bytes);
  }
  return child as PipedProcess;
}

function startPlain(program: string): PipedProcess {
  const child = spawn(process.execPath, [...nodeOptions, program], { ...apart, env: { ...environment }, stdio: ["pipe", "pipe", "ignore"] });
  if (child.pid !== undefined) goesFirst(child.pid);
  return child as PipedProcess;
}

/** Where the kernel does not take it, the decoder is as likely to go as any other process. */
function goesFirst(processNumber: number): void {
  try {
    writeFileSync(`/proc/${processNumber}/oom_score_adj`, "1000");
  } catch {
    return;
  }
}
