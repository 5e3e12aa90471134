import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Confinement } from "../../src/isolation.ts";
import { firstHandedIn, type ReaderCommand, readerCommand } from "../../src/reading/reader-command.ts";

/** Lays a program of a test's own where a reader's would lie: a folder of its own is seen by it, as the program's is by a reader. */
export function programIn(folder: string, text: string): string {
  const place = join(folder, "dist/cli");
  mkdirSync(place, { recursive: true });
  const program = join(place, "program.mjs");
  writeFileSync(program, text);
  return program;
}

/** Starts a program as a reader is started. Shape: `by` is a program with its arguments that starts it in turn. */
export function startConfined(confinement: Confinement, program: string, roots: readonly Uint8Array[], by: readonly string[] = []): ChildProcess {
  const command = readerCommand(confinement, program, roots);
  if (command === null) throw new Error(`${confinement}: this machine lacks a program that is needed for it`);
  return startCommand({ ...command, command: by[0] ?? command.command, args: by.length === 0 ? command.args : [...by.slice(1), command.command, ...command.args] });
}

/** Starts such a command, or one that was made of it. What it writes to standard output is to be read. */
export function startCommand({ command, args, handedIn }: ReaderCommand): ChildProcess {
  const child = spawn(command, args, { serialization: "advanced", env: {}, cwd: "/", detached: true, stdio: ["ignore", "pipe", "inherit", "ipc", ...handedIn.map(() => "pipe" as const)] });
  for (const [at, bytes] of handedIn.entries()) {
    const pipe = child.stdio[firstHandedIn + at] as Writable;
    // One that does not read what it is handed shows by what it then says.
    pipe.on("error", () => undefined).end(bytes);
  }
  return child;
}

/**
 * What a program says of its attempts: an error's code, or what came of it. `body` is the body of an async function of `request`, in which `tried(attempt)` gives
 * "done" or the code, and `fs`, `net` and `os` are at hand.
 */
export function attempts(body: string): string {
  return `
    import fs from "node:fs";
    import net from "node:net";
    import os from "node:os";
    const tried = async (attempt) => { try { await attempt(); return "done"; } catch (error) { return error.code ?? String(error); } };
    const reached = (to) => tried(() => new Promise((resolve, reject) => net.connect(to).on("connect", resolve).on("error", reject)));
    process.once("message", async (request) => {
      process.send(await (async () => { ${body} })(), () => process.exit(0));
    });`;
}

/** Starts such a program, and gives what it said. */
export function said(confinement: Confinement, program: string, roots: readonly Uint8Array[], request: unknown, by: readonly string[] = []): Promise<Record<string, unknown>> {
  const child = startConfined(confinement, program, roots, by);
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve(message as Record<string, unknown>));
    child.once("exit", (status) => reject(new Error(`ended with status ${status} and said nothing`)));
    child.send(request as object);
  });
}
