import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import type { Confinement } from "../../src/isolation.ts";
import { readerCommand } from "../../src/reading/reader-command.ts";

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
  const [first, ...rest] = [...by, command.command, ...command.args];
  const child = spawn(first!, rest, { serialization: "advanced", env: {}, cwd: "/", detached: true, stdio: ["ignore", "ignore", "inherit", "ipc", ...(command.options === null ? [] : ["pipe" as const])] });
  (child.stdio[4] as Writable | undefined)?.end(command.options);
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
