import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { Finding } from "../../src/model.ts";
import { believedFindings } from "../../src/reading/believable.ts";
import { type ReaderHandle, startReader } from "../../src/reading/reader-handle.ts";
import { childrenOf, isRunning, until } from "../support/decoder-program.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith } from "../support/tools.ts";

const program = resolve(import.meta.dirname, "../../dist/cli/reader-process.js");
const dumpLimit = "1048576";
const mayRaise = spawnSync("prlimit", [`--core=${dumpLimit}`, "--", "true"]).status === 0;
const evidence = join(temporaryFolder(), "evidence");
let reader: ReaderHandle | undefined;
afterEach(() => reader?.abandon());

interface Read {
  readonly processNumber: number;
  readonly findings: readonly Finding[];
}

/** What a plain reader under such a limit of core files finds, and its process, which lives on. */
async function readUnder(coreLimit: string): Promise<Read> {
  const before = childrenOf(process.pid);
  const none = { isBusy: () => false, admit: () => Promise.reject(new Error("found a picture, expected none")), perceived: () => undefined, lost: () => undefined };
  reader = startReader({ command: "/usr/bin/env", args: ["prlimit", `--core=${coreLimit}`, "--", process.execPath, program], handedIn: [] }, { kind: "start", digests: ["sha256"], perceptual: false, decoderProgram: program, isolation: "process" }, 60_000, none);
  const batch = ["one", "a/other"].map((path, no) => entryFor(evidence, path, no));
  const { findings } = await reader.read(Buffer.from(evidence), batch);
  return { processNumber: childrenOf(process.pid).find((one) => !before.includes(one))!, findings: believedFindings(findings, batch, ["sha256"]) ?? [] };
}

const folderOf = ({ processNumber }: Read): string => readlinkSync(`/proc/${processNumber}/cwd`);

describeWith("prlimit, and a limit of core files that may be raised", mayRaise, "the working folder of a reader", () => {
  it("is the evidence only where no core file can be written there, with the same findings", async () => {
    mkdirSync(join(evidence, "a"), { recursive: true });
    for (const name of ["one", "a/other"]) writeFileSync(join(evidence, name), `content of ${name}`);
    const dumping = await readUnder(dumpLimit);
    expect(folderOf(dumping)).toBe("/");
    reader?.abandon();
    const silent = await readUnder("1:1");
    expect(folderOf(silent)).toBe(evidence);
    expect(silent.findings).toEqual(dumping.findings);
    expect(silent.findings.map(({ outcome }) => outcome)).toEqual(["examined", "examined"]);
    process.kill(silent.processNumber, "SIGSEGV");
    await until(() => !isRunning(silent.processNumber));
    expect(readdirSync(evidence).toSorted()).toEqual(["a", "one"]);
  });
});
