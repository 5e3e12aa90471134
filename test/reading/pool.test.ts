import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PlannedEntry } from "../../src/model.ts";
import { type ReaderPool, startReaders } from "../../src/reading/pool.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const dist = resolve(import.meta.dirname, "../../dist");
const reader = join(dist, "cli/reader-process.js");
const decoderProgram = join(dist, "perceptual/decoder-process.js");

let pool: ReaderPool | undefined;
afterEach(() => pool?.close());

function start(program: string, count = 1, stallMs = 60_000): ReaderPool {
  pool = startReaders({ program, decoderProgram, count, isolation: "process", perceptual: false, stallMs });
  return pool;
}

function batch(count: number): PlannedEntry[] {
  return Array.from({ length: count }, (_, no) => {
    writeFileSync(join(root, `file ${no}`), `content ${no}`);
    return entryFor(root, `file ${no}`, no);
  });
}

/** A reader that works like the real one until it meets a certain file: then it does something else. */
function readerThat(name: string, does: string): string {
  const program = join(root, `${name}.mjs`);
  writeFileSync(
    program,
    `process.on("message", (message) => {
       if (message.kind === "start") return process.send({ kind: "ready" });
       const findings = message.batch.map(({ no, path }) => {
         if (Buffer.from(path).toString() === "file 3") { ${does} }
         return { outcome: "without-content", no };
       });
       process.send({ kind: "findings", findings });
     });`,
  );
  return program;
}

describe("readers", () => {
  it("give the findings of a batch in its order, from processes of their own", async () => {
    const entries = batch(20);
    const findings = await start(reader, 2).read(Buffer.from(root), entries);
    expect(findings.map((finding) => (finding.outcome === "examined" ? Buffer.from(finding.digests.sha1!).toString("hex") : finding.outcome))).toEqual(
      entries.map(({ no }) => createHash("sha1").update(`content ${no}`).digest("hex")),
    );
  });

  it("work at the same time, each on a batch of its own", async () => {
    const entries = batch(30);
    const running = start(reader, 3);
    const parts = [0, 1, 2, 3, 4, 5].map((part) => entries.slice(part * 5, part * 5 + 5));
    const findings = await Promise.all(parts.map((part) => running.read(Buffer.from(root), part)));
    expect(findings.flat().map(({ no }) => no)).toEqual(entries.map(({ no }) => no));
  });

  it.each([
    ["ends", "process.exit(9);", "reader-lost"],
    ["is killed", "process.kill(process.pid, 'SIGKILL');", "reader-lost"],
    ["hangs", "for (;;);", "timeout"],
  ])("a reader that %s costs the one file it was at, after one more try", async (name, does, reason) => {
    const findings = await start(readerThat(name, does), 2, 1500).read(Buffer.from(root), batch(6));
    expect(findings.map((finding) => (finding.outcome === "unread" ? finding.reason : finding.outcome))).toEqual([
      "without-content",
      "without-content",
      "without-content",
      reason,
      "without-content",
      "without-content",
    ]);
  });

  it("a reader that answers for other files than it was asked is not believed", async () => {
    const program = join(root, "liar.mjs");
    writeFileSync(program, `process.on("message", (m) => process.send(m.kind === "start" ? { kind: "ready" } : { kind: "findings", findings: [{ outcome: "without-content", no: 99 }] }));`);
    const findings = await start(program).read(Buffer.from(root), batch(2));
    expect(findings).toEqual([0, 1].map((no) => ({ outcome: "unread", no, reason: "reader-lost", errorCode: null })));
  });

  it("a program that cannot start is a failure of this machine, not of the evidence", async () => {
    const program = join(root, "broken.mjs");
    writeFileSync(program, "throw new Error('broken')");
    await expect(start(program).read(Buffer.from(root), batch(2))).rejects.toMatchObject({ code: "reader-unavailable" });
  });

  it("leave no process behind", async () => {
    const marker = join(root, "marker");
    mkdirSync(marker, { recursive: true });
    const program = join(marker, "reader.mjs");
    writeFileSync(program, `process.on("message", (m) => m.kind === "start" && process.send({ kind: "ready" }));`);
    const running = start(program, 2);
    void running.read(Buffer.from(root), batch(1)).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 400));
    running.close();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(execFileSync("sh", ["-c", `pgrep -f '${program}' | grep -vw $$ || true`]).toString().trim()).toBe("");
  });
});
