import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Finding, type PlannedEntry } from "../../src/model.ts";
import { entryFor } from "../support/entry.ts";
import { asReader, batch, ended, reader, root, start } from "../support/reader-pool.ts";

/** A reader that works like the real one until it meets a certain file: then it does something else. */
function readerThat(name: string, does: string): string {
  const program = join(root, `${name}.mjs`);
  writeFileSync(
    program,
    `${asReader}
     process.on("message", (message) => {
       if (message.kind === "start") return process.send({ kind: "ready" });
       if (message.kind === "try") return process.send({ kind: "tried", given: "directly" });
       const findings = entriesOf(message.batch).map(({ no, path }) => {
         if (Buffer.from(path).toString() === "file 3") { ${does} }
         return { outcome: "without-content", no };
       });
       process.send({ kind: "findings", findings: apart(findings) });
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

  it("compute the digests that they are asked for, and no other", async () => {
    const entries = batch(2);
    for (const digests of [["sha256"], ["md5", "sha256"], ["sha1", "sha256", "blake3"]] as const) {
      const running = start(reader, 1, 60_000, digests);
      const findings = await running.read(Buffer.from(root), entries);
      await ended();
      expect(findings.map((finding) => (finding.outcome === "examined" ? Object.keys(finding.digests) : finding.outcome))).toEqual([digests, digests]);
      expect(findings[1]).toMatchObject({ digests: { sha256: Uint8Array.from(createHash("sha256").update("content 1").digest()) } });
    }
  });

  it("are not given up for a silence that is this process's own", async () => {
    const program = join(root, "chatty.mjs");
    writeFileSync(
      program,
      `import { appendFileSync } from "node:fs";
       ${asReader}
       process.on("message", (message) => {
         if (message.kind === "start") return process.send({ kind: "ready" });
         appendFileSync(${JSON.stringify(join(root, "batches"))}, "x");
         setInterval(() => process.send({ kind: "alive", bytesRead: 1, work: { busyMs: 1, decodingMs: 0, cpuMs: 1, pictures: 0 } }), 20);
         setTimeout(() => process.send({ kind: "findings", findings: apart(message.batch.no.map((no) => ({ outcome: "without-content", no }))) }), 900);
       });`,
    );
    const entries = batch(2);
    const reading = start(program, 1, 400).read(Buffer.from(root), entries);
    // Held up for longer than a reader may be silent, as by a search in a crowded list; timers get their turn before what was said meanwhile.
    await new Promise<void>((resolve) => setTimeout(() => setImmediate(() => {
      for (const until = performance.now() + 600; performance.now() < until; );
      resolve();
    }), 200));
    expect((await reading).map(({ outcome }) => outcome)).toEqual(["without-content", "without-content"]);
    expect(readFileSync(join(root, "batches"), "utf8"), "asked once, by nobody else again").toBe("x");
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
  ])("a reader that %s costs the one file it was at, which was tried again by itself (REQ-05)", async (name, does, reason) => {
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

  it("a reader that ends once, at whichever file, costs nothing", async () => {
    const once = join(root, "ended once");
    const program = readerThat("ending", "process.exit(9);");
    writeFileSync(program, readFileSync(program, "utf8").replace("return { outcome", `if (Buffer.from(path).toString() === "file 5" && message.batch.no.length === 1 && !existsSync(${JSON.stringify(once)})) { writeFileSync(${JSON.stringify(once)}, ""); process.exit(9); } return { outcome`).replace(/^/, `import { existsSync, writeFileSync } from "node:fs";\n`));
    expect((await start(program).read(Buffer.from(root), batch(6))).map(({ outcome }) => outcome)).toEqual(["without-content", "without-content", "without-content", "unread", "without-content", "without-content"]);
    expect(existsSync(once)).toBe(true);
  });

  const hangingAt = (pattern: RegExp): string => {
    const program = join(root, "hanging.mjs");
    writeFileSync(program, `
      ${asReader}
      const name = (path) => Buffer.from(path).toString();
      process.on("message", (message) => {
        if (message.kind === "start") return process.send({ kind: "ready" });
        const files = message.kind === "try" ? message.files : entriesOf(message.batch);
        for (;files.some(({ path }) => ${pattern}.test(name(path))););
        if (message.kind === "try") return process.send({ kind: "tried", given: "directly" });
        const digests = { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(32), blake3: new Uint8Array(32) };
        process.send({ kind: "findings", wasDoubted: false, findings: apart(message.batch.no.map((no) => ({ outcome: "examined", no, digests, mediaType: null, extensionFits: null, picture: null, embedded: [] }))) });
      });`);
    return program;
  };
  const outcomes = (findings: readonly Finding[]): readonly string[] => findings.map((finding) => (finding.outcome === "unread" ? finding.reason : finding.outcome));

  it("give every one of many hung files up by itself where the device answers still, be they before the others or behind them", async () => {
    const entries = batch(5);
    // The first two, with nothing read before them.
    expect(outcomes(await start(hangingAt(/^file [01]$/), 1, 1000).read(Buffer.from(root), entries))).toEqual(entries.map((_, no) => (no < 2 ? "timeout" : "examined")));
    await ended();
    // The last two, in a batch of their own.
    const running = start(hangingAt(/^file [34]$/), 1, 1000);
    expect(outcomes(await running.read(Buffer.from(root), entries.slice(0, 3)))).toEqual(entries.slice(0, 3).map(() => "examined"));
    expect(outcomes(await running.read(Buffer.from(root), entries.slice(3)))).toEqual(entries.slice(3).map(() => "timeout"));
  });

  /** A reader that does in turn what these words say, one for each batch of which the first file is not called "well", and gives what a cache may have given; and what it was asked. */
  const scripted = (words: readonly string[]): { readonly program: string; readonly asked: () => readonly string[] } => {
    const program = join(root, "scripted.mjs");
    const log = join(root, "scripted.log");
    rmSync(log, { force: true });
    writeFileSync(program, `
      import { appendFileSync, existsSync, readFileSync } from "node:fs";
      ${asReader}
      const name = ({ path }) => Buffer.from(path).toString();
      const note = (line) => appendFileSync(${JSON.stringify(log)}, line + "\\n");
      process.on("message", (message) => {
        if (message.kind === "start") return process.send({ kind: "ready" });
        if (message.kind === "try") {
          note("asked " + message.place + ": " + message.files.map(name).join());
          return process.send({ kind: "tried", given: "perhaps-cached" });
        }
        const entries = entriesOf(message.batch);
        if (name(entries[0]) !== "well") {
          const before = existsSync(${JSON.stringify(log)}) ? readFileSync(${JSON.stringify(log)}, "utf8").split("\\n").filter((line) => line.startsWith("batch")).length : 0;
          const word = ${JSON.stringify(words)}[before] ?? "reads";
          note("batch " + word);
          if (word === "ends") process.exit(9);
          for (; word === "hangs"; );
        }
        const digests = { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(32), blake3: new Uint8Array(32) };
        process.send({ kind: "findings", wasDoubted: false, findings: apart(entries.map(({ no }) => ({ outcome: "examined", no, digests, mediaType: null, extensionFits: null, picture: null, embedded: [] }))) });
      });`);
    return { program, asked: () => readFileSync(log, "utf8").trimEnd().split("\n") };
  };
  const sized = (name: string, no: number, sizeBytes: number): PlannedEntry => {
    writeFileSync(join(root, name), "content");
    return { ...entryFor(root, name, no), sizeBytes };
  };

  it.each([
    ["is seen to answer before its last try, whatever ended the first", ["ends", "hangs", "hangs"], ["batch ends", "batch hangs", "asked anywhere: well", "batch hangs", "asked anywhere: well"], "timeout"],
    ["costs nothing when it hung once", ["ends", "hangs"], ["batch ends", "batch hangs", "asked anywhere: well", "batch reads"], "examined"],
  ])("a device %s (REQ-05)", async (_, words, asked, outcome) => {
    const script = scripted(words);
    const running = start(script.program, 1, 700);
    await running.read(Buffer.from(root), [sized("well", 0, 7)]);
    expect(outcomes(await running.read(Buffer.from(root), [sized("alone", 1, 7)]))).toEqual([outcome]);
    expect(script.asked()).toEqual(asked);
  });

  it("ask of a batch files that were not read when it was tried, of each but once, and never what of a large one was read in turns (REQ-05)", async () => {
    const large = 20_000_000;
    const askedOf = async (files: readonly PlannedEntry[]): Promise<readonly string[]> => {
      // The batch, its first file, and that again; the others are read.
      const script = scripted(["hangs", "hangs", "hangs"]);
      expect(outcomes(await start(script.program, 1, 700).read(Buffer.from(root), files))).toEqual(files.map((_, at) => (at === 0 ? "timeout" : "examined")));
      await ended();
      return script.asked().filter((line) => line.startsWith("asked"));
    };
    // Small ones are read before large ones: they may be in a cache when a large one hangs.
    expect(await askedOf([sized("hung", 0, large), sized("other", 1, large), sized("third", 2, large), sized("small", 3, 7)])).toEqual(["asked last-half: third", "asked anywhere: third", "asked last-half: other"]);
    expect(await askedOf([sized("hung", 0, 7), sized("small", 1, 7), sized("other", 2, large)])).toEqual(["asked last-half: other", "asked anywhere: other", "asked last-half: small"]);
  }, 20_000);

  it("stop when what was read before is not read any more", async () => {
    const entries = batch(5);
    const dead = join(root, "dead");
    const program = join(root, "dying.mjs");
    writeFileSync(program, readFileSync(hangingAt(/^never$/), "utf8").replace("for (;", `for (;(await import("node:fs")).existsSync(${JSON.stringify(dead)}) ||`).replace(`(message) => {`, `async (message) => {`));
    const running = start(program, 1, 1000);
    expect(outcomes(await running.read(Buffer.from(root), entries.slice(0, 2)))).toEqual(["examined", "examined"]);
    writeFileSync(dead, "");
    await expect(running.read(Buffer.from(root), entries.slice(2))).rejects.toMatchObject({ code: "evidence-stalled" });
  });

  it("a program that cannot start is a failure of this machine, not of the evidence", async () => {
    const program = join(root, "broken.mjs");
    writeFileSync(program, "throw new Error('broken')");
    await expect(start(program).read(Buffer.from(root), batch(2))).rejects.toMatchObject({ code: "reader-unavailable" });
  });

  it("that do not get ready in time are as those that hang, and where none does nothing answers: the evidence may keep them from starting", async () => {
    const program = join(root, "silent.mjs");
    writeFileSync(program, "for (const end = Date.now() + 20_000; Date.now() < end; );");
    await expect(start(program, 1, 400).read(Buffer.from(root), batch(1))).rejects.toMatchObject({ code: "evidence-stalled" });
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
    expect(spawnSync("pgrep", ["-f", program]).stdout.toString()).toBe("");
  });
});
