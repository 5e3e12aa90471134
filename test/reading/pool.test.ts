import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cryptographicAlgorithms, type Finding, type Perceived, type PlannedEntry } from "../../src/model.ts";
import { orientations } from "../../src/perceptual/transforms.ts";
import { type ReaderPool, type ReaderSettings, startReaders } from "../../src/reading/pool.ts";
import { answeringProgram, childrenOf, until } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const dist = resolve(import.meta.dirname, "../../dist");
const reader = join(dist, "cli/reader-process.js");
const decoderProgram = join(dist, "perceptual/decoder-process.js");

let pool: ReaderPool | undefined;
afterEach(() => pool?.close());

function start(program: string, count = 1, stallMs = 60_000): ReaderPool {
  pool = startReaders({ confinement: "plain", roots: [], program, decoderProgram, count, digests: cryptographicAlgorithms, isolation: "process", perceptual: false, stallMs });
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
       if (message.kind === "try") return process.send({ kind: "tried", given: "directly" });
       const findings = message.batch.map(({ no, path }) => {
         if (Buffer.from(path).toString() === "file 3") { ${does} }
         return { outcome: "without-content", no };
       });
       process.send({ kind: "findings", findings });
     });`,
  );
  return program;
}

/** Findings of a batch that are right but for some of their fields. */
function examinedWith(fields: string): string {
  return `message.batch.map(({ no }) => { const digests = { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(32), blake3: new Uint8Array(32) };
    return { outcome: "examined", no, digests, mediaType: null, extensionFits: null, picture: null, embedded: [], ${fields} }; })`;
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
      const running = startReaders({ confinement: "plain", roots: [], isolation: "process", program: reader, decoderProgram, count: 1, digests, perceptual: false, stallMs: 60_000 });
      const findings = await running.read(Buffer.from(root), entries);
      running.close();
      expect(findings.map((finding) => (finding.outcome === "examined" ? Object.keys(finding.digests) : finding.outcome))).toEqual([digests, digests]);
      expect(findings[1]).toMatchObject({ digests: { sha256: createHash("sha256").update("content 1").digest() } });
    }
  });

  it("are not given up for a silence that is this process's own", async () => {
    const program = join(root, "chatty.cjs");
    writeFileSync(
      program,
      `process.on("message", (message) => {
         if (message.kind === "start") return process.send({ kind: "ready" });
         require("node:fs").appendFileSync(${JSON.stringify(join(root, "batches"))}, "x");
         setInterval(() => process.send({ kind: "alive", bytesRead: 1, work: { busyMs: 1, decodingMs: 0, cpuMs: 1, pictures: 0 } }), 20);
         setTimeout(() => process.send({ kind: "findings", findings: message.batch.map(({ no }) => ({ outcome: "without-content", no })) }), 900);
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
  ])("a reader that %s costs the one file it was at, after one more try (REQ-05)", async (name, does, reason) => {
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
    writeFileSync(program, readFileSync(program, "utf8").replace("return { outcome", `if (Buffer.from(path).toString() === "file 5" && message.batch.length === 1 && !existsSync(${JSON.stringify(once)})) { writeFileSync(${JSON.stringify(once)}, ""); process.exit(9); } return { outcome`).replace(/^/, `import { existsSync, writeFileSync } from "node:fs";\n`));
    expect((await start(program).read(Buffer.from(root), batch(6))).map(({ outcome }) => outcome)).toEqual(["without-content", "without-content", "without-content", "unread", "without-content", "without-content"]);
    expect(existsSync(once)).toBe(true);
  });

  it("a reader that answers for other files than it was asked is not believed", async () => {
    const program = join(root, "liar.mjs");
    writeFileSync(program, `process.on("message", (m) => process.send(m.kind === "start" ? { kind: "ready" } : { kind: "findings", findings: [{ outcome: "without-content", no: 99 }] }));`);
    const findings = await start(program).read(Buffer.from(root), batch(2));
    expect(findings).toEqual([0, 1].map((no) => ({ outcome: "unread", no, reason: "reader-lost", errorCode: null })));
  });

  it.each([
    ["no findings", "7"],
    ["something else than findings", "message.batch.map(() => null)"],
    ["outcomes that nobody knows", `message.batch.map(({ no }) => ({ outcome: "fine", no }))`],
    ["reasons that nobody knows", `message.batch.map(({ no }) => ({ outcome: "unread", no, reason: "because", errorCode: null }))`],
    ["no digests", `message.batch.map(({ no }) => ({ outcome: "examined", no, digests: {}, mediaType: null, extensionFits: null, picture: null, embedded: [] }))`],
    ["digests that are too short", `message.batch.map(({ no }) => ({ outcome: "examined", no, digests: { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(31), blake3: new Uint8Array(32) }, mediaType: null, extensionFits: null, picture: null, embedded: [] }))`],
    ["words instead of an error code", `message.batch.map(({ no }) => ({ outcome: "unread", no, reason: "io", errorCode: "the first words of a letter" }))`],
    ["words instead of a place", `message.batch.map(({ no }) => ({ outcome: "unread", no, reason: "io", errorCode: "EIO", failedAtBytes: "words" }))`],
    ["a media type that nobody knows", examinedWith(`mediaType: "text/words"`)],
    ["a digest that nobody asked for", examinedWith(`digests: { ...digests, sha512: new Uint8Array(64) }`)],
    ["words instead of a transform", examinedWith(`picture: { status: "hashed", widthPixels: 1, heightPixels: 1, codes: [{ transform: "full of words", quality: 1, uniformPercent: 1, code: new Uint8Array(32) }] }`)],
    ["words instead of a width", examinedWith(`picture: { status: "hashed", widthPixels: "words", heightPixels: 1, codes: [] }`)],
    ["words instead of a part's name", examinedWith(`embedded: [{ name: "words", offsetBytes: 1, sizeBytes: 1, digests, picture: { status: "off", widthPixels: 1, heightPixels: 1, codes: [] } }]`)],
  ])("a reader that answers with %s is not believed", async (_, findings) => {
    const program = join(root, "shapeless.mjs");
    writeFileSync(program, `process.on("message", (message) => process.send(message.kind === "start" ? { kind: "ready" } : { kind: "findings", findings: ${findings}, wasDoubted: false }));`);
    expect(await start(program).read(Buffer.from(root), batch(2))).toEqual([0, 1].map((no) => ({ outcome: "unread", no, reason: "reader-lost", errorCode: null })));
  });

  it.each(["null", `"findings"`, `{ kind: "other" }`, `{ kind: "ask" }`, `{ kind: "perceived", digests: {} }`, `{ kind: "alive", bytesRead: "many" }`, `{ kind: "alive", bytesRead: 1, work: { busyMs: -1, decodingMs: 0, cpuMs: 1, pictures: 0 } }`])("a reader that says %s is ended, and nothing but it", async (message) => {
    const program = join(root, "talkative.mjs");
    writeFileSync(program, `process.on("message", ({ kind }) => process.send(kind === "start" ? { kind: "ready" } : ${message}));`);
    expect(await start(program).read(Buffer.from(root), batch(1))).toEqual([{ outcome: "unread", no: 0, reason: "reader-lost", errorCode: null }]);
  });

  /** A reader that hangs at every file of a name like this, and works like the real one else. */
  const hangingAt = (pattern: RegExp): string => {
    const program = join(root, "hanging.mjs");
    writeFileSync(program, `
      const name = (path) => Buffer.from(path).toString();
      process.on("message", (message) => {
        if (message.kind === "start") return process.send({ kind: "ready" });
        message.batch ??= message.files;
        for (;message.batch.some(({ path }) => ${pattern}.test(name(path))););
        if (message.kind === "try") return process.send({ kind: "tried", given: "directly" });
        const digests = { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(32), blake3: new Uint8Array(32) };
        process.send({ kind: "findings", wasDoubted: false, findings: message.batch.map(({ no }) => ({ outcome: "examined", no, digests, mediaType: null, extensionFits: null, picture: null, embedded: [] })) });
      });`);
    return program;
  };
  const outcomes = (findings: readonly Finding[]): readonly string[] => findings.map((finding) => (finding.outcome === "unread" ? finding.reason : finding.outcome));

  it("give every one of many hung files up by itself where the device answers still, be they before the others or behind them", async () => {
    const entries = batch(5);
    // The first two, with nothing read before them.
    expect(outcomes(await start(hangingAt(/^file [01]$/), 1, 1000).read(Buffer.from(root), entries))).toEqual(entries.map((_, no) => (no < 2 ? "timeout" : "examined")));
    await pool?.close();
    // The last two, in a batch of their own.
    const running = start(hangingAt(/^file [34]$/), 1, 1000);
    expect(outcomes(await running.read(Buffer.from(root), entries.slice(0, 3)))).toEqual(entries.slice(0, 3).map(() => "examined"));
    expect(outcomes(await running.read(Buffer.from(root), entries.slice(3)))).toEqual(entries.slice(3).map(() => "timeout"));
  });

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

/** What the counting decoder says of every picture. */
const fixed: Perceived = {
  picture: { status: "hashed", widthPixels: 64, heightPixels: 64, codes: orientations.map((name, at) => ({ transform: at === 0 ? "full" : `full ${name}`, quality: 100, uniformPercent: 1, code: new Uint8Array(32).fill(at) })) },
  embedded: [{ name: "thumbnail", offsetBytes: 33, sizeBytes: 5, picture: { status: "too-small", widthPixels: 2, heightPixels: 2, codes: [] } }],
};
let counters = 0;

/** A decoder that gives every picture the same reply, and adds a byte to a file for each request. `answers` is a condition on the number of the request. */
function countingDecoder(answers = "true"): { readonly program: string; readonly decodes: () => number } {
  const counter = join(root, `decodes-${counters++}`);
  const text = JSON.stringify(fixed, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value));
  // Slowly: so that other readers meet the same picture meanwhile.
  const program = answeringProgram(
    `if (isCanary(picture)) return perceivedOf(picture, "image/png");
    appendFileSync(${JSON.stringify(counter)}, ".");
    const count = sizeOf(${JSON.stringify(counter)});
    await new Promise((resolve) => setTimeout(resolve, 150));
    return ${answers} ? fixed : new Promise(() => undefined);`,
    `const fixed = ${text}; for (const coded of fixed.picture.codes) coded.code = Uint8Array.from(coded.code);`,
  );
  return { program, decodes: () => (existsSync(counter) ? statSync(counter).size : 0) };
}

function startPerceiving(program: string, count: number, more: Pick<ReaderSettings, "skipsPicture"> = {}): ReaderPool {
  pool = startReaders({ confinement: "plain", roots: [], isolation: "process", program: reader, decoderProgram: program, count, digests: ["sha256"], perceptual: true, stallMs: 60_000, ...more });
  return pool;
}

/** Files with the contents in turn, in batches of a size. */
async function pictures(count: number, contents: number, ofBatch: number): Promise<{ readonly files: readonly Buffer[]; readonly batches: readonly PlannedEntry[][] }> {
  const files = await Promise.all(Array.from({ length: contents }, (_, seed) => encode(drawPhoto(seed + 1, 64, 64), "png")));
  const entries = Array.from({ length: count }, (_, no) => {
    writeFileSync(join(root, `picture ${no}`), files[no % contents]!);
    return entryFor(root, `picture ${no}`, no);
  });
  return { files, batches: Array.from({ length: Math.ceil(count / ofBatch) }, (_, at) => entries.slice(at * ofBatch, (at + 1) * ofBatch)) };
}

const statusOf = (finding: Finding): string => (finding.outcome === "examined" ? (finding.picture?.status ?? "none") : finding.outcome);
const sha256Of = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** Readers, and how often they asked whether to decode a picture. */
function startAsking(program: string, count: number): { readonly running: ReaderPool; readonly asks: () => number } {
  let asked = 0;
  const running = startPerceiving(program, count, {
    skipsPicture: () => {
      asked++;
      return false;
    },
  });
  return { running, asks: () => asked };
}

const readersSince = (before: readonly number[]): number[] => childrenOf(process.pid).filter((one) => !before.includes(one));

describe("pictures of the same bytes", () => {
  it("are decoded once, whichever reader meets them, and each file has its own finding", async () => {
    const { program, decodes } = countingDecoder();
    const { files, batches } = await pictures(40, 3, 6);
    const running = startPerceiving(program, 2);
    const findings = (await Promise.all(batches.map((one) => running.read(Buffer.from(root), one)))).flat();
    expect(decodes()).toBe(3);
    expect(findings.map(({ no }) => no)).toEqual(Array.from({ length: 40 }, (_, no) => no));
    for (const finding of findings) {
      const bytes = files[finding.no % 3]!;
      expect(finding).toMatchObject({ outcome: "examined", mediaType: "image/png", digests: { sha256: sha256Of(bytes) }, picture: { status: "hashed", widthPixels: 64 } });
      expect(finding).toMatchObject({ embedded: [{ offsetBytes: 33, sizeBytes: 5, digests: { sha256: sha256Of(bytes.subarray(33, 38)) }, picture: { status: "too-small" } }] });
      if (finding.outcome === "examined") expect(finding.picture!.codes.map(({ transform }) => transform)).toContain("full negative");
    }
    expect(new Set(findings.map((finding) => (finding.outcome === "examined" ? JSON.stringify(finding.picture) : ""))).size).toBe(1);
  });

  it("are decoded by another reader when the one that is at it is killed", async () => {
    const { program, decodes } = countingDecoder("count > 1");
    const before = childrenOf(process.pid);
    const { batches } = await pictures(6, 1, 3);
    const { running, asks } = startAsking(program, 2);
    const read = Promise.all(batches.map((one) => running.read(Buffer.from(root), one)));
    await until(() => decodes() === 1 && asks() === 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([decodes(), asks()], "the other one waits").toEqual([1, 2]);
    process.kill(readersSince(before).find((one) => childrenOf(one).length > 0)!, "SIGKILL");
    expect((await read).flat().map(statusOf)).toEqual(Array.from({ length: 6 }, () => "hashed"));
    expect(decodes()).toBe(2);
  });

  it("are decoded by a third reader when the one next in turn is killed, and then the one that is at it", async () => {
    const { program, decodes } = countingDecoder("count > 1");
    const before = childrenOf(process.pid);
    const { batches } = await pictures(3, 1, 1);
    const { running, asks } = startAsking(program, 3);
    const reads: Promise<readonly Finding[]>[] = [];
    const readers: number[] = [];
    for (const [at, one] of batches.entries()) {
      reads.push(running.read(Buffer.from(root), one));
      await until(() => asks() === at + 1 && decodes() === 1);
      readers.push(readersSince([...before, ...readers])[0]!);
    }
    process.kill(readers[1]!, "SIGKILL");
    await until(() => asks() === 4);
    process.kill(readers[0]!, "SIGKILL");
    expect((await Promise.all(reads)).flat().map(statusOf)).toEqual(["hashed", "hashed", "hashed"]);
    expect(decodes()).toBe(2);
  });

  it("are not decoded at all where nobody wants to know, and are hashed as any file", async () => {
    const { program, decodes } = countingDecoder();
    const { files, batches } = await pictures(9, 3, 3);
    const asked: number[] = [];
    const running = startPerceiving(program, 2, {
      skipsPicture: ({ sha256 }, sizeBytes) => {
        asked.push(sizeBytes);
        return !Buffer.from(sha256!).equals(sha256Of(files[1]!));
      },
    });
    const findings = (await Promise.all(batches.map((one) => running.read(Buffer.from(root), one)))).flat();
    expect(findings.map(statusOf)).toEqual(Array.from({ length: 9 }, (_, no) => (no % 3 === 1 ? "hashed" : "skipped")));
    expect(decodes()).toBe(1);
    expect(asked.toSorted()).toEqual(Array.from({ length: 9 }, (_, no) => files[no % 3]!.length).toSorted());
    expect(findings[0]).toMatchObject({ digests: { sha256: sha256Of(files[0]!) }, embedded: [], picture: { status: "skipped", widthPixels: 0, heightPixels: 0, codes: [] } });
  });
});
