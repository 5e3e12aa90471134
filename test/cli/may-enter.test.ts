import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has } from "../support/tools.ts";

describeWith("prlimit", has("prlimit"), "whether the working folder may be one of the evidence", () => {
  const folder = temporaryFolder();
  const script = join(folder, "asks.mjs");
  writeFileSync(script, `import { mayEnterEvidence } from ${JSON.stringify(resolve(import.meta.dirname, "../../dist/cli/may-enter.js"))}; console.log(mayEnterEvidence());`);
  const { PATH } = process.env;
  const asked = (core: number, options: readonly string[], env: Readonly<Record<string, string>>): string =>
    spawnSync("prlimit", [`--core=${core}:${core}`, process.execPath, ...options, script], { env: { PATH, ...env }, cwd: folder }).stdout.toString();

  it.each<[string, string, number, readonly string[], Readonly<Record<string, string>>]>([
    ["true", "without dumps and options", 1, [], { NODE_ENV: "test" }],
    ["false", "where the kernel may write a dump", 100, [], {}],
    ["false", "with an option of Node", 1, ["--heapsnapshot-near-heap-limit=1"], {}],
    ["false", "with options of Node in a variable", 1, [], { NODE_OPTIONS: "--report-on-fatalerror" }],
    ["false", "with a file for warnings in a variable", 1, [], { NODE_REDIRECT_WARNINGS: "warnings" }],
  ])("is %s %s", (expected, _, core, options, env) => expect(asked(core, options, env)).toBe(`${expected}\n`));
});
