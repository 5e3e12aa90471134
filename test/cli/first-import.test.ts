import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { blindmatch, startBlindmatch } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";

const folder = temporaryFolder();
// KILLS=150 (any number) is the long form.
const stated = Number(process.env["KILLS"]);
const kills = Number.isSafeInteger(stated) ? stated : 8;
const rows = 12_000;
let homes = 0;
const newHome = (): string => join(folder, `home-${homes++}`);

interface Stopped {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly elapsedMs: number;
}

function importArguments(name: string, home: string): string[] {
  return ["list", "import", join(folder, `${name}.csv`), "--agency", "Synthetic Agency", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home];
}

/** Starts the real program, and kills it after so long, unless it has ended by then. */
async function started(args: readonly string[], killAfterMs: number | null = null): Promise<Stopped> {
  const begin = performance.now();
  const running = startBlindmatch(...args);
  let [out, err] = ["", ""];
  running.stdout!.on("data", (bytes: Buffer) => (out += bytes.toString()));
  running.stderr!.on("data", (bytes: Buffer) => (err += bytes.toString()));
  const timer = killAfterMs === null ? null : setTimeout(() => running.kill("SIGKILL"), killAfterMs);
  const status = await new Promise<number | null>((resolve) => running.on("close", resolve));
  if (timer !== null) clearTimeout(timer);
  return { status, out, err, elapsedMs: performance.now() - begin };
}

const filesOf = (home: string): string[] => (existsSync(home) ? readdirSync(home, { recursive: true, encoding: "utf8" }).sort() : []);
const segmentName = /^segments\/[0-9a-f]{64}-[0-9a-f]{16}\.segment$/;

/** The whole of a home that nobody is at work in. */
function expectNothingStray(home: string, segments: number): void {
  const files = filesOf(home);
  expect(files.filter((name) => !segmentName.test(name))).toEqual(["catalog.sqlite", "key", "segments"]);
  expect(files.filter((name) => segmentName.test(name))).toHaveLength(segments);
}

beforeAll(() => {
  for (const name of ["first", "second"])
    writeFileSync(join(folder, `${name}.csv`), `record_id,md5,sha1,category\n${Array.from({ length: rows }, (_, row) => `SYN-${row},${["md5", "sha1"].map((algorithm) => createHash(algorithm).update(`${name} ${row}`).digest("hex")).join()},1\n`).join("")}`);
});

describe("two first imports into a home that is not there, at the same time", () => {
  it("of two lists both end with 0: one key, both lists, sound", async () => {
    for (let round = 0; round < 2; round++) {
      const home = newHome();
      const ended = await Promise.all(["first", "second"].map((name) => started(importArguments(name, home))));
      for (const { status, err } of ended) expect({ status, err }).toMatchObject({ status: 0 });
      expect(ended.filter(({ err }) => err.includes("made a key"))).toHaveLength(1);
      const listed = blindmatch("list", "ls", "--home", home).out;
      for (const name of ["first", "second"]) expect(listed).toContain(`${rows} rows  Synthetic Agency/${name} 1`);
      expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0, out: expect.stringMatching(/^(?:ok .*\n){2}$/) });
      expectNothingStray(home, 2);
    }
  });

  it("of one list both end with 0: one imports it, the other says that it is there", async () => {
    for (let round = 0; round < 2; round++) {
      const home = newHome();
      const ended = await Promise.all([0, 1].map(() => started(importArguments("first", home))));
      for (const { status, err } of ended) expect({ status, err }).toMatchObject({ status: 0 });
      expect(ended.map(({ out }) => out.slice(0, out.indexOf(":"))).sort()).toEqual(["already-imported", "imported"]);
      expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 0, out: expect.stringMatching(/^ok .*\n$/) });
      expectNothingStray(home, 1);
    }
  });
});

describe("a first import that is killed", () => {
  it(`at any moment (${kills} of them) is done by the same command, and nothing is left of the first attempt`, { timeout: 60_000 + kills * 5000 }, async () => {
    const undisturbed = await started(importArguments("first", newHome()));
    expect(undisturbed).toMatchObject({ status: 0 });
    const reached = { "no home": 0, "no key": 0, "no list": 0, imported: 0 };
    // More where the start of the program took so much of the time that none fell between key and list.
    for (let kill = 0; kill < kills || (reached["no list"] === 0 && kill < 5 * kills); kill++) {
      const home = newHome();
      // Spread over the whole run, more of them towards its end, and no moment the same.
      const { status, elapsedMs } = await started(importArguments("first", home), undisturbed.elapsedMs * Math.sqrt(((kill % kills) + Math.random()) / kills));
      const left = filesOf(home);
      const again = await started(importArguments("first", home));
      const told = `killed after ${elapsedMs.toFixed(1)} ms, status ${status}, left ${left.join(" ")}: ${again.err}`;
      expect(again.status, told).toBe(0);
      expect(again.out, told).toMatch(/^(?:imported|already-imported): Synthetic Agency\/first 1\n/);
      const isThere = again.out.startsWith("already-imported");
      reached[isThere ? "imported" : left.includes("key") ? "no list" : left.length > 0 ? "no key" : "no home"] += 1;
      expect(blindmatch("list", "verify", "--home", home), told).toMatchObject({ status: 0, out: "ok       Synthetic Agency/first 1\n" });
      expectNothingStray(home, 1);
    }
    // A run that is always killed before it does anything would show nothing.
    expect(reached["no list"], JSON.stringify(reached)).toBeGreaterThan(0);
  });

  it("while it made the key leaves no copy of it behind", async () => {
    const home = newHome();
    expect(await started(importArguments("first", home))).toMatchObject({ status: 0 });
    const key = readFileSync(join(home, "key"));
    // As a kill leaves it between the key's two names.
    writeFileSync(join(home, "key.0123456789abcdef.part"), key, { mode: 0o600 });
    expect(await started(importArguments("second", home))).toMatchObject({ status: 0 });
    expectNothingStray(home, 2);
    expect(readFileSync(join(home, "key"))).toEqual(key);
  });
});
