import { createHash } from "node:crypto";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Finding, type Perceived, type PlannedEntry } from "../../src/model.ts";
import { orientations } from "../../src/perceptual/transforms.ts";
import { type ReaderPool, type ReaderSettings, startReaders } from "../../src/reading/pool.ts";
import { answeringProgram, childrenOf, until } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { entryFor } from "../support/entry.ts";
import { temporaryFolder } from "../support/folder.ts";

const root = temporaryFolder();
const dist = resolve(import.meta.dirname, "../../dist");
const reader = join(dist, "cli/reader-process.js");

let pool: ReaderPool | undefined;
afterEach(() => pool?.close());

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
