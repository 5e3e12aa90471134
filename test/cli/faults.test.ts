import { createHash } from "node:crypto";
import { existsSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { blindmatch, type Ended, rawPath, type ReportLine, wholeReport as reportOf } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { drawFaultyTree } from "../support/fuse-drawn.ts";
import { mayMountFaults, mountFaults, type MountedFaults } from "../support/fuse.ts";
import { contentOf, type Faults, type FuseFile, type FuseTree, treeOf } from "../support/fuse-tree.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { seededRandom } from "../support/random.ts";
import { describeWith } from "../support/tools.ts";

const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest("hex");
const whole = ({ seed, sizeBytes }: FuseFile): Buffer => contentOf(seed, 0, sizeBytes);

describeWith("root and /dev/fuse", mayMountFaults, "a scan of a broken file system", () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  let mounted: MountedFaults | undefined;
  afterEach(() => mounted?.unmount());

  /** Imports a list of these files' digests: the n-th row is SYN-n. */
  function importList(name: string, files: readonly FuseFile[]): void {
    const rows = files.map((file, at) => `SYN-${at},${digest("md5", whole(file))},${digest("sha1", whole(file))},1`);
    writeFileSync(join(folder, `${name}.csv`), `record_id,md5,sha1,category\n${rows.join("\n")}\n`);
    const imported = blindmatch("list", "import", join(folder, `${name}.csv`), "--agency", "Synthetic", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
    expect(imported, imported.err).toMatchObject({ status: 0 });
  }

  const scan = (caseName: string, list: string, ...more: readonly string[]): Ended =>
    blindmatch("scan", mounted!.root, "--case", join(folder, caseName), "--case-number", "C-1", "--exhibit", "E-1", "--examiner", "X", "--home", home, "--list", list, ...more);
  /** Every report of a scan that has ended is the same. */
  const reports = new Map<string, ReportLine[]>();
  const wholeReport = (caseName: string): ReportLine[] => reports.get(caseName) ?? reports.set(caseName, reportOf(join(folder, caseName))).get(caseName)!;
  const entriesOf = (caseName: string): ReportLine[] => wholeReport(caseName).filter(({ type }) => type === "entry");

  /** What a report says of an entry: the reason with the code, or that its digests are right. */
  function saidOf(line: ReportLine, content: Buffer | null): string {
    const digests = Object.entries(line["digests"] as Readonly<Record<string, string>>).filter(([, value]) => value !== null);
    if (line["reason"] !== null) return `${String(line["reason"])} ${String(line["errorCode"])}${digests.length === 0 ? "" : " with digests"}`;
    const checkable = digests.filter(([algorithm]) => algorithm !== "blake3");
    if (content === null || checkable.length === 0) return "without digests";
    return checkable.every(([algorithm, value]) => value === digest(algorithm, content)) ? "right" : "wrong digest";
  }

  function reconciles(caseName: string): void {
    const totals = wholeReport(caseName).at(-1) as unknown as Record<string, { entries: number; bytes: string }>;
    const entries = entriesOf(caseName);
    const bytes = (of: (line: ReportLine) => boolean): string => String(entries.filter(of).reduce((sum, line) => sum + BigInt(String(line["sizeBytes"])), 0n));
    const unread = (line: ReportLine): boolean => line["reason"] !== null;
    expect(totals["seen"]).toEqual({ entries: entries.length, bytes: bytes(() => true) });
    expect(totals["unread"]).toEqual({ entries: entries.filter(unread).length, bytes: bytes(unread) });
    expect(totals["examined"]).toEqual({ entries: entries.filter((line) => !unread(line)).length, bytes: bytes((line) => !unread(line)) });
    expect(totals["pending"]).toEqual({ entries: 0, bytes: "0" });
  }

  it.each([1, 2])("reports each of 1,000 faults with its reason, and every other file with its digests (seed %s) (REQ-03)", async (seed) => {
    const drawn = drawFaultyTree(seededRandom(seed), { folders: 60, filesPerFolder: 60, fileFaults: 900, folderFaults: 100 });
    expect(drawn.faults).toBe(1000);
    const good = [...drawn.expected].filter(([, { said }]) => said === "right");
    const unreadable = [...drawn.expected].filter(([, { said, file }]) => said !== "right" && file !== null);
    const listedGood = good.filter((_, at) => at % 100 === 0);
    importList(`thousand ${seed}`, [...listedGood, ...unreadable.filter((_, at) => at % 20 === 0)].map(([, { file }]) => file!));
    mounted = await mountFaults(join(folder, `thousand ${seed}`), drawn.tree);

    const ended = scan(`thousand-${seed}`, `thousand ${seed}`, "--readers", String(seed));
    // Names that vanish and files that change on a mount that is read-only: the evidence itself is not what it was.
    expect(ended, ended.err).toMatchObject({ status: 6 });
    const said = entriesOf(`thousand-${seed}`).map((line) => {
      const file = drawn.expected.get(rawPath(line))?.file ?? null;
      return [rawPath(line), saidOf(line, file === null ? null : whole(file))] as const;
    });
    expect(new Set(said.map(([path]) => path)).size).toBe(said.length);
    expect(Object.fromEntries(said.toSorted())).toEqual(Object.fromEntries([...drawn.expected].map(([path, { said }]) => [path, said] as const).sort()));
    reconciles(`thousand-${seed}`);
    const matched = wholeReport(`thousand-${seed}`).filter(({ type }) => type === "match");
    expect(matched.map(rawPath).sort(), "what is listed and readable is found, what is not readable is no match").toEqual(listedGood.map(([path]) => path).sort());
  }, 300_000);

  const text = (seed: number, faults: Faults = {}): FuseFile => ({ kind: "file", sizeBytes: 3_000_000, seed, ...faults });
  const filesNamed = (files: Readonly<Record<string, FuseFile>>): FuseTree => treeOf((add) => ({ kind: "folder", names: Object.entries(files).map(([name, file]) => ({ name, node: add(file) })) }));
  const saidOfAll = (caseName: string, files: Readonly<Record<string, FuseFile>>): Record<string, string> => Object.fromEntries(entriesOf(caseName).map((line) => [rawPath(line), saidOf(line, whole(files[rawPath(line)]!))]));

  beforeAll(() => importList("few", [text(2)]));

  it("gives no digest at all of a file whose middle cannot be read, whatever comes after it (REQ-04)", async () => {
    const files = { before: text(1), middle: text(2, { readError: { code: "EIO", fromByte: 1_500_000, toByte: 1_500_001 } }), "last byte": text(2, { readError: { code: "EIO", fromByte: 2_999_999, toByte: 3_000_000 } }), whole: text(2, { slowMs: 20 }) };
    mounted = await mountFaults(join(folder, "middle"), filesNamed(files));
    const ended = scan("middle-case", "few");
    expect(ended, ended.err).toMatchObject({ status: 3 });
    const failedAt = wholeReport("middle-case").filter(({ type }) => type === "unread").map((line) => [rawPath(line), line["failedAtBytes"]]);
    expect(Object.fromEntries(failedAt)).toEqual({ "last byte": 2_999_999, middle: 1_500_000 });
    expect(saidOfAll("middle-case", files)).toEqual({ before: "right", "last byte": "io EIO", middle: "io EIO", whole: "right" });
    reconciles("middle-case");
    expect(wholeReport("middle-case").filter(({ type }) => type === "match").map(rawPath)).toEqual(["whole"]);
  });

  it("gives all names of one file one finding, be it read or not", async () => {
    const [one, broken] = [text(2), text(3, { readError: { code: "EIO", fromByte: 2_000_000, toByte: 2_000_001 } })];
    const names: Readonly<Record<string, FuseFile>> = { "a/first": one, "a/broken": broken, "b/second": one, "b/broken": broken, "c/third": one };
    mounted = await mountFaults(
      join(folder, "linked"),
      treeOf((add) => {
        const nodes = new Map([one, broken].map((file) => [file, add(file)]));
        const inFolder = (name: string) => Object.entries(names).filter(([path]) => path.startsWith(name)).map(([path, file]) => ({ name: path.slice(2), node: nodes.get(file)! }));
        return { kind: "folder", names: ["a", "b", "c"].map((name) => ({ name, node: add({ kind: "folder", names: inFolder(name) }) })) };
      }),
    );
    const ended = scan("linked-case", "few");
    expect(ended, ended.err).toMatchObject({ status: 3 });
    expect(saidOfAll("linked-case", names)).toEqual(Object.fromEntries(Object.entries(names).map(([path, file]) => [path, file === one ? "right" : "io EIO"])));
    expect(entriesOf("linked-case").map((line) => [rawPath(line), line["links"], line["sameAs"]])).toEqual([["a/broken", 2, null], ["b/broken", 2, 0], ["a/first", 3, null], ["b/second", 3, 2], ["c/third", 3, 2]]);
    expect(wholeReport("linked-case").filter(({ type }) => type === "match").map(rawPath).sort()).toEqual(["a/first", "b/second", "c/third"]);
    reconciles("linked-case");
  });

  it("keeps the digests of a file that was read whole, though closing it is an error", async () => {
    const files = { one: text(1), two: text(2, { closeError: "EIO" }), three: text(3) };
    mounted = await mountFaults(join(folder, "closing"), filesNamed(files));
    const ended = scan("closing-case", "few");
    expect(saidOfAll("closing-case", files)).toEqual({ one: "right", two: "right", three: "right" });
    expect(ended, ended.err).toMatchObject({ status: 1 });
  });

  it("gives up a read and an opening that never end after the deadline, and goes on (REQ-05)", async () => {
    const names = Array.from({ length: 30 }, (_, at) => `file ${String(at).padStart(2, "0")}`);
    const faultsOf: Readonly<Record<string, Faults>> = { "file 07": { hangs: { atByte: 1_200_000 } }, "file 08": { hangs: "opening" }, "file 29": { hangs: { atByte: 0 } } };
    const files = Object.fromEntries(names.map((name, at) => [name, text(at, faultsOf[name] ?? {})]));
    mounted = await mountFaults(join(folder, "hung"), filesNamed(files));
    const startedMs = performance.now();
    const ended = scan("hung-case", "few", "--readers", "2", "--stall-seconds", "2");
    const elapsedMs = performance.now() - startedMs;
    expect(ended, ended.err).toMatchObject({ status: 3 });
    expect(saidOfAll("hung-case", files)).toEqual(Object.fromEntries(names.map((name) => [name, name in faultsOf ? "timeout null" : "right"])));
    reconciles("hung-case");
    // Each of them is waited for at most three times; the rest of the scan takes a few seconds.
    expect(elapsedMs).toBeLessThan(3 * 3 * 2000 + 15_000);
    // SIGKILL does not end who hangs in the kernel: these really hung, and end when the file system does.
    const hung = processesIn(mounted.root);
    expect(hung.length).toBeGreaterThanOrEqual(3);
    await mounted.unmount();
    for (const until = performance.now() + 5000; performance.now() < until && hung.some(isThere); ) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hung.filter(isThere)).toEqual([]);
  }, 120_000);

  it("gives up by itself each of many hung files in a row, where the others answer", async () => {
    const isHung = (at: number): boolean => at >= 6 && at < 14;
    const files = Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`file ${String(at).padStart(2, "0")}`, text(at, isHung(at) ? { hangs: { atByte: 0 } } : {})]));
    mounted = await mountFaults(join(folder, "many hung"), filesNamed(files));
    const ended = scan("many-hung-case", "few", "--readers", "2", "--stall-seconds", "1");
    expect(ended, ended.err).toMatchObject({ status: 3 });
    expect(saidOfAll("many-hung-case", files)).toEqual(Object.fromEntries(Object.keys(files).map((name, at) => [name, isHung(at) ? "timeout null" : "right"])));
    reconciles("many-hung-case");
  }, 120_000);

  it("gives up a large file that hangs among others that are read in turns with it, and examines those", async () => {
    const large = (seed: number, faults: Faults = {}): FuseFile => ({ kind: "file", sizeBytes: 9_000_000, seed, ...faults });
    const files = { "large 1": large(11), "large 2": large(12, { hangs: { atByte: 5_000_000 } }), "large 3": large(13), "large 4": large(14), small: text(2) };
    mounted = await mountFaults(join(folder, "large hung"), filesNamed(files));
    const ended = scan("large-hung-case", "few", "--readers", "1", "--stall-seconds", "2");
    expect(ended, ended.err).toMatchObject({ status: 3 });
    expect(saidOfAll("large-hung-case", files)).toEqual({ "large 1": "right", "large 2": "timeout null", "large 3": "right", "large 4": "right", small: "right" });
    expect(wholeReport("large-hung-case").filter(({ type }) => type === "match").map(rawPath)).toEqual(["small"]);
    reconciles("large-hung-case");
  }, 120_000);

  it("reads what only the user who mounted it may read, and says that readers were confined less for it", async () => {
    const files = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`file ${at}`, text(at)]));
    mounted = await mountFaults(join(folder, "own"), filesNamed(files), "only-us");
    const ended = scan("own-case", "few");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    expect(saidOfAll("own-case", files)).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, "right"])));
    const [run] = wholeReport("own-case");
    if (maySandbox) expect(run!["confinements"]).toEqual([expect.objectContaining({ confinement: "read-only", refused: [expect.objectContaining({ confinement: "nobody" })] })]);
  });

  it("stops with status 6 when nothing answers any more, and the same command ends the case when it does", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`file ${at}`, text(at, { hangs: "reading" })]));
    mounted = await mountFaults(join(folder, "stalled"), filesNamed(files));
    const stalled = scan("stalled-case", "few", "--readers", "2", "--stall-seconds", "1");
    expect(stalled, stalled.err).toMatchObject({ status: 6 });
    expect(stalled.err).toMatch(/nothing besides it that answers/);
    await mounted.unmount();
    const answering = Object.fromEntries(Object.entries(files).map(([name, { seed }]) => [name, text(seed)]));
    mounted = await mountFaults(join(folder, "stalled"), filesNamed(answering));
    const ended = scan("stalled-case", "few", "--readers", "2", "--stall-seconds", "60");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    expect(saidOfAll("stalled-case", answering)).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, "right"])));
  }, 120_000);
});

function isThere(processId: number): boolean {
  return existsSync(`/proc/${processId}`);
}

/** Processes other than this one that hold something open at a place or below it. */
function processesIn(place: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readdirSync(`/proc/${name}/fd`).some((descriptor) => readlinkSync(`/proc/${name}/fd/${descriptor}`).startsWith(place));
      } catch {
        return false;
      }
    })
    .map(Number);
}
