import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { custody } from "../../src/cli/custody.ts";
import { appendReportRow, createOrResumeRecord } from "../../src/record/open-record.ts";
import { temporaryFolder } from "../support/folder.ts";
import { failureOf, logOf } from "../support/record-log.ts";
import { describeWith } from "../support/tools.ts";
import { newCases, opening, partialCase, sampleEntries } from "./sample-case.ts";

const newCase = newCases(temporaryFolder());

const report = { format: "csv", all: false, fileName: "report.csv" };

describe("the lock", () => {
  const lockedBy = (text: string): string => {
    const folder = partialCase(newCase());
    writeFileSync(join(folder, "record.lock"), text);
    return folder;
  };
  const owner = (facts: object): string => JSON.stringify({ processId: 4711, host: "lab-1", startedAt: "2026-01-01T00:00:00.000+00:00", ...facts });

  it("lets one writer in at a time and names the other", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    const failure = failureOf(() => createOrResumeRecord(folder, opening()));
    expect(failure.code).toBe("record-locked");
    expect(failure.message).toMatch(new RegExp(`record\\.lock: found the lock of process ${process.pid} on lab-1, started 2026-01-01T[0-9:.]+\\+00:00, which is running`));
    expect(failureOf(() => appendReportRow(folder, report, opening())).code).toBe("record-locked");
    writer.writePlan(sampleEntries(10), () => 1);
    writer.release();
    expect(createOrResumeRecord(folder, opening()).state).toBe("resumed");
  });

  it("of a process that has ended is taken over, with a warning", () => {
    const folder = lockedBy(owner({}));
    const { writer } = createOrResumeRecord(folder, opening());
    expect(JSON.parse(readFileSync(join(folder, "record.lock"), "utf8"))).toMatchObject({ processId: process.pid, host: "lab-1" });
    writer.release();
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
    expect(logOf(folder).flatMap((row) => (row.kind === "warning" ? [row.body.message] : []))).toEqual([expect.stringContaining("found the lock of process 4711 on lab-1")]);
  });

  it("of a process that lives is not", () => {
    const folder = lockedBy(owner({}));
    expect(failureOf(() => createOrResumeRecord(folder, opening({ isAlive: () => true })))).toMatchObject({ code: "record-locked", message: expect.stringContaining("process 4711") });
    expect(readFileSync(join(folder, "record.lock"), "utf8")).toBe(owner({}));
  });

  it("of a process whose number another one has by now is taken over, be it our own number after a power cut", () => {
    for (const processId of [4711, process.pid]) {
      const folder = lockedBy(owner({ processId, start: "boot-1 100" }));
      createOrResumeRecord(folder, opening({ isAlive: () => true, startOf: () => "boot-2 100" })).writer.release();
      expect(readdirSync(folder)).toEqual(["record.sqlite"]);
      const living = lockedBy(owner({ processId, start: "boot-1 100" }));
      for (const start of ["boot-1 100", null]) expect(failureOf(() => createOrResumeRecord(living, opening({ isAlive: () => true, startOf: () => start }))).code).toBe("record-locked");
    }
  });

  it("of another container on this machine is nobody's to take over, that of before the machine started anew is, and one that says nothing of it is judged as before", () => {
    const here = { boot: "boot-1", space: "pid:[1]" };
    const opened = (folder: string, changes: object): unknown => createOrResumeRecord(folder, opening({ numbering: here, ...changes })).writer.release();
    const elsewhere = lockedBy(owner({ processId: 1, numbering: { boot: "boot-1", space: "pid:[2]" } }));
    for (const isAlive of [() => true, () => false]) {
      const failure = failureOf(() => opened(elsewhere, { isAlive }));
      expect(failure).toMatchObject({ code: "record-locked", message: expect.stringMatching(/process 1 on lab-1.*in another container.*make sure that it does not, then delete that file/) });
    }
    expect(existsSync(join(elsewhere, "record.lock"))).toBe(true);
    for (const numbering of [{ boot: "boot-0", space: "pid:[1]" }, { boot: "boot-0", space: "pid:[2]" }]) opened(lockedBy(owner({ numbering })), { isAlive: () => true });
    for (const facts of [{}, { numbering: null }, { numbering: { boot: "boot-0" } }, { numbering: here }]) {
      expect(failureOf(() => opened(lockedBy(owner(facts)), { isAlive: () => true })).code).toBe("record-locked");
      opened(lockedBy(owner(facts)), { isAlive: () => false });
    }
  });

  it("says when its process started, and the machine", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, { ...opening(), ...custody() });
    const { start, numbering } = JSON.parse(readFileSync(join(folder, "record.lock"), "utf8")) as { start: string; numbering: unknown };
    expect(numbering).toEqual({ boot: readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(), space: readlinkSync("/proc/self/ns/pid") });
    expect(start).toMatch(new RegExp(`^${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} [1-9]\\d*$`));
    writer.release();
  });

  it.each([
    ["of another host", owner({ host: "lab-2" }), /cannot be seen from lab-1 .*make sure that it does not, then delete that file/],
    ["without an owner", "", /without an owner.*delete that file/],
    ["of a process that cannot be", owner({ processId: -1 }), /without an owner/],
    ["that is no object", "null", /without an owner/],
  ])("%s is refused with what to do", (_, text, message) => {
    const folder = lockedBy(text);
    const failure = failureOf(() => createOrResumeRecord(folder, opening({ isAlive: () => false })));
    expect(failure.code).toBe("record-locked");
    expect(failure.message).toMatch(message);
    expect(readFileSync(join(folder, "record.lock"), "utf8")).toBe(text);
  });

  it("leaves what other processes write beside it, and removes what those left that have ended", () => {
    const folder = partialCase(newCase());
    const beside = ["record.lock.4711-0123456789ab", "record.lock.4712-0123456789ab"];
    for (const name of [...beside, "record.lock.old"]) writeFileSync(join(folder, name), "");
    const { writer } = createOrResumeRecord(folder, opening({ isAlive: (processId) => processId === 4712 }));
    writer.release();
    expect(readdirSync(folder).sort()).toEqual(["record.lock.4712-0123456789ab", "record.lock.old", "record.sqlite"]);
  });

  it("that another has put there meanwhile is left alone on release", () => {
    const folder = newCase();
    const { writer } = createOrResumeRecord(folder, opening());
    writeFileSync(join(folder, "record.lock"), owner({ host: "lab-2" }));
    writer.release();
    expect(readFileSync(join(folder, "record.lock"), "utf8")).toBe(owner({ host: "lab-2" }));
  });
});

const mayUnshare = process.getuid?.() === 0 && spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"]).status === 0;

describeWith("unshare as root", mayUnshare, "the lock of a process that lives in another container", () => {
  it("with the same host name and the same number is not taken over", async () => {
    const folder = newCase();
    const inContainer = ["--pid", "--fork", "--kill-child", "--mount-proc", process.execPath, "--import", "tsx", join(import.meta.dirname, "hold-in-child.ts"), folder];
    const holder = spawn("unshare", inContainer, { stdio: ["pipe", "pipe", "inherit"] });
    try {
      const said = await new Promise<string>((resolve) => holder.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString())));
      expect(said).toBe("process 1 holds it\n");
      const lock = readFileSync(join(folder, "record.lock"), "utf8");
      const other = spawnSync("unshare", inContainer, { input: "", encoding: "utf8" });
      expect(other.stdout).toMatch(/^record-locked .*found the lock of process 1 on .*, in another container/);
      expect(failureOf(() => createOrResumeRecord(folder, { ...opening(), ...custody() })).message).toContain("in another container");
      expect(readFileSync(join(folder, "record.lock"), "utf8")).toBe(lock);
    } finally {
      holder.stdin.end();
      await new Promise((resolve) => holder.on("close", resolve));
    }
    expect(readdirSync(folder)).toEqual(["record.sqlite"]);
  }, 30_000);
});
