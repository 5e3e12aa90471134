import { spawnSync } from "node:child_process";
import { describe, it } from "vitest";

/** True when a program of that name can be started. */
export function has(tool: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
}

/** True when this process may mount file systems. */
export const mayMount: boolean = process.getuid?.() === 0 && has("losetup") && has("mkfs.ext4");

/** Runs the group when the need is met; else one skipped test says what was missing. CI has every tool: there a missing one fails. */
export function describeWith(need: string, met: boolean, name: string, body: () => void): void {
  if (met) return void describe(name, body);
  describe(name, () => {
    it.skipIf(process.env["CI"] === undefined)(`skipped: needs ${need}`, () => {
      throw new Error(`CI lacks ${need}`);
    });
  });
}

/** Runs a program to its end. Errors: Error with its standard error when it does not end with status 0. */
export function run(program: string, args: readonly string[], input?: string | Buffer): Buffer {
  const ended = spawnSync(program, args, { maxBuffer: 1 << 30, ...(input === undefined ? {} : { input }) });
  if (ended.status !== 0) throw new Error(`${program} ${args.join(" ")}: status ${ended.status}: ${ended.error?.message ?? ended.stderr.toString()}`);
  return ended.stdout;
}
