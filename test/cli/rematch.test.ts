import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { PerceptualCode } from "../../src/model.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { openRecord } from "../../src/record/open-view.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { finishedCase, opening } from "../record/sample-case.ts";
import { faults } from "../sealing/sealed-case.ts";
import { blindmatch, type Ended, jsonLines, program, type ReportLine, wholeReport } from "../support/blindmatch.ts";
import { drawPhoto, encode, type Photo } from "../support/draw.ts";
import { storedRows } from "../support/case-rows.ts";
import { temporaryFolder } from "../support/folder.ts";
import { seedOfRun } from "../support/random.ts";
import { csvRows } from "../support/report-text.ts";
import { runFaulted, writePoints } from "../support/system-calls.ts";
import { describeWith, has, run } from "../support/tools.ts";

const folder = temporaryFolder();
const evidence = join(folder, "evidence");
const early = join(folder, "home-early");
const late = join(folder, "home-late");
const listed = drawPhoto(1, 500, 400);
const codesOf = ({ data, info }: Photo): readonly PerceptualCode[] => pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: 3 });
const md5 = (bytes: Uint8Array | string): string => createHash("md5").update(bytes).digest("hex");

const importing = (home: string, name: string, rows: readonly string[], ...more: string[]): Ended => {
  const file = join(folder, `${name}-${rows.length}.csv`);
  writeFileSync(file, `${rows.join("\n")}\n`);
  return blindmatch("list", "import", file, "--agency", "A", "--list-name", name, "--list-version", String(rows.length), "--scale", "vic-us", "--accept-unsigned", "synthetic", "--key-file", join(folder, "key"), "--home", home, ...more);
};
const scan = (name: string, home: string, ...more: string[]): Ended =>
  blindmatch("scan", evidence, "--case", join(folder, name), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--key-file", join(folder, "key"), "--allow-writable", "test", "--readers", "1", "--quiet", ...more);
const rematch = (name: string, home: string, ...more: string[]): Ended => blindmatch("rematch", join(folder, name), "--examiner", "Y", "--home", home, "--key-file", join(folder, "key"), ...more);
const sha256Of = (name: string): string => createHash("sha256").update(readFileSync(join(folder, name, "record.sqlite"))).digest("hex");
const matched = (lines: readonly ReportLine[], pass: number): unknown[] => lines.filter((line) => line.type === "match" && line["pass"] === pass).map(({ path, recordId, kind, distanceBits, transform, doubts, nearReferences }) => ({ path, recordId, kind, distanceBits, transform, doubts, nearReferences }));

const earlyRows = ["record_id,md5,category", `EARLY-1,${md5("note 3")},1`];

beforeAll(async () => {
  mkdirSync(evidence);
  const again = (bytes: Promise<Buffer>, name: string): Promise<void> => bytes.then((content) => writeFileSync(join(evidence, name), content));
  await again(encode(listed, "jpeg", { quality: 70 }), "a.jpg");
  await again(encode(drawPhoto(2, 500, 400), "jpeg", { quality: 80 }), "b.jpg");
  for (let number = 0; number < 20; number++) writeFileSync(join(evidence, `note ${number}`), `note ${number}`);
  writeFileSync(join(folder, "key"), `${createHash("sha256").update("a key").digest("hex")}\n`, { mode: 0o600 });
  const [{ code }] = codesOf(listed).filter(({ transform }) => transform === "full") as [PerceptualCode];
  expect(importing(early, "notes", earlyRows)).toMatchObject({ status: 0 });
  expect(importing(late, "notes", [...earlyRows, `LATE-1,${md5("note 7")},2`])).toMatchObject({ status: 0 });
  expect(importing(late, "pictures", ["record_id,pdq,category", `LATE-P,${Buffer.from(code).toString("hex")},1`])).toMatchObject({ status: 0 });
  expect(scan("kept", early, "--keep-codes")).toMatchObject({ status: 1 });
  expect(scan("bare", early)).toMatchObject({ status: 1 });
  expect(scan("whole", late)).toMatchObject({ status: 1 });
  cpSync(join(folder, "whole"), join(folder, "scanned"), { recursive: true });
  // Nothing below sees the evidence.
  renameSync(evidence, join(folder, "elsewhere"));
});

describe("rematch of a case that kept its codes", () => {
  it("finds what a scan with these lists finds, near matches too, and its reports show both passes (REQ-61)", () => {
    const ended = rematch("kept", late);
    expect(ended, ended.err).toMatchObject({ status: 1, err: "" });
    expect(ended.out).toContain("2 entries have the same digests");
    expect(ended.out).toContain("report-2.jsonl");
    expect(verifyRecord(join(folder, "kept"))).toEqual([]);
    const lines = wholeReport(join(folder, "kept"));
    const whole = matched(wholeReport(join(folder, "whole")), 1);
    expect(whole.map((row) => (row as { recordId: string }).recordId).sort()).toEqual(["EARLY-1", "LATE-1", "LATE-P"]);
    expect(matched(lines, 2)).toEqual(whole);
    expect(matched(lines, 1)).toHaveLength(1);
    expect(lines[0]).toMatchObject({ passes: [{ number: 1, near: "no-codes-in-lists", lists: 1, examiner: "X" }, { number: 2, near: "compared", firstListNumber: 2, lists: 2, examiner: "Y" }], header: { options: { keepCodes: true } } });
    const html = readFileSync(join(folder, "kept/report-2.html"), "utf8");
    expect(html).toContain("<h3>Passes</h3>");
    expect(html).toMatch(/Pass 2 \(without the evidence\): ended .*by Y .*with 2 lists from list 2 on; pictures were compared/);
    expect(readFileSync(join(folder, "kept/report.html"), "utf8")).not.toContain("Pass 2");
    const [header, ...rows] = csvRows(blindmatch("report", join(folder, "kept"), "--format", "csv", "--all").out.slice(1));
    const cell = (row: readonly string[], name: string): string => row[header!.indexOf(name)]!;
    expect(rows.filter((row) => cell(row, "row_type") === "entry" && cell(row, "match") !== "").map((row) => [cell(row, "path"), cell(row, "match")])).toEqual([["a.jpg", "2"], ["note 3", "1 3"], ["note 7", "4"]]);
  });

  it("says so when it is given again, with the same status and nothing changed", () => {
    const before = [sha256Of("kept"), readdirSync(join(folder, "kept"))];
    const again = rematch("kept", late);
    expect(again).toMatchObject({ status: 1, err: expect.stringContaining("pass 2 of this case had the same lists and thresholds and was made by the same version of this program") });
    expect(rematch("kept", early)).toMatchObject({ status: 1, err: expect.stringContaining("pass 1 of this case") });
    expect([sha256Of("kept"), readdirSync(join(folder, "kept"))]).toEqual(before);
    const finished = blindmatch("scan", join(folder, "elsewhere"), "--case", join(folder, "kept"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", early, "--key-file", join(folder, "key"), "--allow-writable", "test", "--keep-codes");
    expect(finished).toMatchObject({ status: 1, err: expect.stringContaining("this case is finished") });
    expect(finished.out).toContain("report-2.html");
  });

  it("takes no other key for its codes, and needs none where pictures are not compared", () => {
    const home = join(folder, "home-other");
    const other = ["--key-file", join(folder, "other-key")];
    writeFileSync(join(folder, "other-key"), `${createHash("sha256").update("another").digest("hex")}\n`, { mode: 0o600 });
    expect(importing(home, "pictures", ["record_id,pdq,category", `P,${Buffer.from(codesOf(drawPhoto(9, 300, 300))[0]!.code).toString("hex")},1`], ...other)).toMatchObject({ status: 0 });
    const before = sha256Of("kept");
    expect(rematch("kept", home, ...other)).toMatchObject({ status: 4, err: expect.stringMatching(/kept codes: found another key/) });
    expect(sha256Of("kept")).toBe(before);
    expect(rematch("kept", home, ...other, "--no-perceptual").status).toBe(1);
    expect(JSON.stringify(wholeReport(join(folder, "kept")).at(-1)!["notSearched"])).toContain("Resembling pictures in pass 3: near matching was switched off");
  });

  it("is not what a scan can promise that decodes no pictures, or leaves some out", () => {
    for (const option of ["--no-perceptual", "--skip-near-for-exact"]) expect(scan("refused", early, "--keep-codes", option)).toMatchObject({ status: 2, err: expect.stringContaining("cannot be used with option") });
  });
});

describe("rematch with lists that their agency replaced", () => {
  it("tells which matches rest on an earlier version, or on a list that was dropped, and why", () => {
    cpSync(join(folder, "scanned"), join(folder, "replaced"), { recursive: true });
    const home = join(folder, "home-replaced");
    expect(importing(home, "pictures", ["record_id,pdq,category", `P,${Buffer.from(codesOf(drawPhoto(9, 300, 300))[0]!.code).toString("hex")},1`])).toMatchObject({ status: 0 });
    expect(importing(home, "notes", [...earlyRows, `LATE-2,${md5("nowhere")},2`, `LATE-3,${md5("elsewhere")},2`])).toMatchObject({ status: 0 });
    expect(importing(home, "unused", ["md5,category", `${md5("unused")},1`])).toMatchObject({ status: 0 });
    for (const name of ["pictures", "unused"]) expect(blindmatch("list", "drop", name, "--reason", "withdrawn <x>", "--home", home, "--key-file", join(folder, "key"))).toMatchObject({ status: 0 });
    expect(rematch("replaced", home)).toMatchObject({ status: 1 });
    const [run] = jsonLines(readFileSync(join(folder, "replaced/report-2.jsonl"), "utf8"));
    expect(run!["warnings"]).toEqual(expect.arrayContaining([
      expect.stringMatching(/^List \d \(A\/notes 3\) was followed by version 4 of it \(list 3, pass 2\): of the entries that are counted as matches, 1 matches list \d and not list 3\.$/),
      expect.stringMatching(/^List \d \(A\/pictures 2\) had been dropped when pass 2 was made \(reason given: withdrawn <x>\): of the entries that are counted as matches, 1 matches list \d and not any other notable list\.$/),
    ]));
    expect(JSON.stringify(run), "a list that the case never had").not.toContain("unused");
    expect(readFileSync(join(folder, "replaced/report-2.html"), "utf8")).toContain("had been dropped when pass 2 was made (reason given: withdrawn &lt;x&gt;)");
    expect(readFileSync(join(folder, "replaced/report.html"), "utf8")).not.toContain("had been dropped");
    expect(blindmatch("verify", join(folder, "replaced"))).toMatchObject({ status: 0 });
  });
});

describe("rematch of a case that kept none", () => {
  const state = (name: string): unknown => [sha256Of(name), readdirSync(join(folder, name))];

  it("is refused, before anything is written, where lists hold codes; exact copies alone are enough when that is asked for, and every report says so", () => {
    const before = state("bare");
    expect(rematch("bare", late)).toMatchObject({ status: 2, out: "", err: expect.stringMatching(/the case kept none of its pictures .*--no-perceptual compares exact copies alone/) });
    expect(state("bare")).toEqual(before);
    const ended = rematch("bare", late, "--no-perceptual");
    expect(ended, ended.err).toMatchObject({ status: 1, err: "" });
    expect(ended.out).not.toContain("incomplete");
    for (const name of ["report-2.jsonl", "report-2.csv", "report-2.html"]) {
      expect(ended.out).toContain(name);
      expect(readFileSync(join(folder, "bare", name), "utf8")).toContain("Resembling pictures in pass 2: near matching was switched off");
    }
    expect(matched(jsonLines(readFileSync(join(folder, "bare/report-2.jsonl"), "utf8")), 2)).toHaveLength(2);
    // Asking for pictures again is not answered with a pass that left them out.
    expect(rematch("bare", late).status).toBe(2);
    expect(rematch("bare", late, "--no-perceptual")).toMatchObject({ status: 1, err: expect.stringContaining("pass 2 of this case had the same lists and thresholds") });
    expect(verifyRecord(join(folder, "bare"))).toEqual([]);
  });

  it("changes nothing with the very lists of its scan, and adds others that hold no codes without a gap", () => {
    const before = state("whole");
    for (const more of [[], ["--no-perceptual"]]) expect(rematch("whole", late, ...more)).toMatchObject({ status: 1, err: expect.stringContaining("pass 1 of this case had the same lists and thresholds and was made by the same version") });
    expect(state("whole")).toEqual(before);
    const home = join(folder, "home-more");
    cpSync(late, home, { recursive: true });
    expect(importing(home, "more", ["record_id,md5,category", `MORE,${md5("note 9")},1`])).toMatchObject({ status: 0 });
    cpSync(join(folder, "whole"), join(folder, "whole-more"), { recursive: true });
    expect(rematch("whole-more", home, "--near-threshold", "pictures=20/50")).toMatchObject({ status: 2, err: expect.stringContaining("under these thresholds") });
    const ended = rematch("whole-more", home);
    expect(ended, ended.err).toMatchObject({ status: 1, err: "" });
    expect(ended.out).not.toContain("incomplete");
    const lines = wholeReport(join(folder, "whole-more"));
    expect(lines[0]).toMatchObject({ passes: [{ near: "compared" }, { near: "compared-earlier" }], custody: expect.arrayContaining([expect.objectContaining({ kind: "report", user: userInfo().username, host: hostname() })]) as unknown });
    expect(JSON.stringify(lines.at(-1)!["notSearched"])).toContain("Resembling pictures in pass 2: an earlier pass compared the perceptual codes of its lists already");
    expect(matched(lines, 2).map((row) => (row as { recordId: string }).recordId).sort()).toEqual(["EARLY-1", "LATE-1", "MORE"]);
    expect(rematch("whole-more", home)).toMatchObject({ status: 1, err: expect.stringContaining("pass 2 of this case") });
  });

  it("is refused, before anything, for a list with digests that the case did not compute", () => {
    expect(importing(late, "others", ["record_id,sha1,category", `O,${createHash("sha1").update("note 1").digest("hex")},1`])).toMatchObject({ status: 0 });
    const before = [sha256Of("bare"), readdirSync(join(folder, "bare"))];
    expect(rematch("bare", late)).toMatchObject({ status: 2, err: expect.stringMatching(/found md5,sha256 computed of its files, expected also sha1, which A\/others carries; .*scan --digests all/) });
    expect([sha256Of("bare"), readdirSync(join(folder, "bare"))]).toEqual(before);
    expect(rematch("bare", late, "--list", "notes").status).toBe(1);
  });

  it("is refused for a record that is none, or that somebody altered", () => {
    expect(rematch("nowhere", late)).toMatchObject({ status: 5 });
    const copy = join(folder, "altered");
    mkdirSync(copy);
    const bytes = readFileSync(join(folder, "bare/record.sqlite"));
    const digest = createHash("sha256").update("note 7").digest();
    bytes[bytes.indexOf(digest) + 3]! ^= 1;
    writeFileSync(join(copy, "record.sqlite"), bytes);
    expect(rematch("altered", late, "--list", "notes")).toMatchObject({ status: 5, err: expect.stringMatching(/results of entries 0 to 21, head/) });
  });
});

describe("the custody of a case", () => {
  it("tells what the clock is, and the versions of everything that can alter a result, each kernel's digest among them (REQ-64)", () => {
    const kernels = join(program, "../../dist/kernels");
    const digests = readdirSync(kernels).filter((name) => name.endsWith(".wasm")).map((name) => createHash("sha256").update(readFileSync(join(kernels, name))).digest("hex"));
    const record = openRecord(join(folder, "kept"));
    const { clock, versions } = record.header;
    expect(Object.values(versions)).toEqual(expect.arrayContaining(digests));
    expect(digests.length).toBeGreaterThan(1);
    for (const name of ["blindmatch", "node", "openssl", "libvips"]) expect(versions[name]).toMatch(/^\d+\./);
    const [pass] = [...record.log()].filter((row) => row.kind === "pass");
    record.close();
    expect(clock?.source).toBe(readFileSync("/sys/devices/system/clocksource/clocksource0/current_clocksource", "utf8").trim());
    expect(pass).toMatchObject({ body: { clock, versions } });
    expect(readFileSync(join(folder, "kept/report-2.html"), "utf8")).toContain(`clock source ${clock?.source}, `);
  });
});

describe("a wall clock that is behind the last row of a case", () => {
  it("is written down by the real program, and the scan's duration stays", () => {
    const ahead = join(folder, "ahead");
    finishedCase(ahead, 10, opening({ now: () => new Date(Date.now() + 3_600_000).toISOString().replace("Z", "+00:00"), elapsedMs: () => 5 }));
    const told = blindmatch("report", ahead, "--format", "csv");
    expect(told, told.err).toMatchObject({ status: 0, err: "" });
    const [first] = wholeReport(ahead);
    expect(first).toMatchObject({ elapsedMs: 12, custody: expect.arrayContaining([expect.objectContaining({ kind: "clock", monotonicMs: null })]) as unknown });
    const wallMs = (first!["custody"] as { kind: string; wallMs: number }[]).find(({ kind }) => kind === "clock")?.wallMs;
    expect(wallMs).toBeGreaterThan(-3_600_000);
    expect(wallMs).toBeLessThan(-3_000_000);
    expect(verifyRecord(ahead)).toEqual([]);
  });
});

describeWith("faketime", has("faketime"), "a clock that was set back between two sessions", () => {
  it("is written down by the real program", () => {
    run("env", ["DONT_FAKE_MONOTONIC=1", "faketime", "-f", "-2h", process.execPath, program, "report", join(folder, "whole"), "--format", "csv", "--output", join(folder, "back.csv")]);
    expect(wholeReport(join(folder, "whole"))[0]!["custody"]).toEqual(expect.arrayContaining([expect.objectContaining({ kind: "clock", monotonicMs: null })]));
  });
});

// KILLS=all: at each of its calls that write; without it at a few, where the pass and the first report's row are committed above all.
const every = process.env["KILLS"] === "all";

describeWith("strace", has("strace"), "rematch that is killed", () => {
  const given = (name: string): string[] => ["rematch", join(folder, name), "--examiner", "Y", "--home", late, "--key-file", join(folder, "key"), "--list", "notes", "--quiet"];
  const copied = (name: string): string => {
    cpSync(join(folder, "scanned"), join(folder, name), { recursive: true });
    return join(folder, name);
  };

  it(`at any write leaves a case that report settles, and on which the same command makes the one pass (seed ${seedOfRun})`, { timeout: every ? 3_600_000 : 120_000 }, async () => {
    copied("undisturbed");
    const points = writePoints(join(folder, "calls"), 1, ...given("undisturbed")).filter(({ about }) => about.includes("undisturbed"));
    const unlinks = points.filter(({ call, about }) => call.startsWith("unlink") && about.includes("record.sqlite-journal"));
    expect(unlinks.length).toBeGreaterThanOrEqual(4);
    const apart = Math.ceil(points.length / 3);
    const few = points.filter((_, index) => index % apart === seedOfRun % apart);
    const wrong: string[] = [];
    let cutOff = 0;
    for (const [index, point] of (every ? points : [...few, unlinks[0]!, unlinks[1]!]).entries()) {
      const name = `killed-${index}`;
      const place = copied(name);
      try {
        expect((await runFaulted(join(folder, "calls"), point, "signal=SIGKILL", false, ...given(name))).killed).toBe(true);
        const left = readdirSync(place).map((file) => [file, readFileSync(join(place, file))]);
        const told = blindmatch("verify", place);
        if (/give the command that was interrupted again, or blindmatch report/.test(told.out)) {
          expect(told.status).toBe(5);
          cutOff += 1;
        }
        expect(readdirSync(place).map((file) => [file, readFileSync(join(place, file))])).toEqual(left);
        const commands: [string, readonly string[], number][] = [["report", ["report", place, "--format", "csv"], 0], ["rematch", given(name), 1]];
        // Whichever comes first settles it.
        for (const [said, command, status] of index % 2 === 0 ? commands : commands.toReversed()) {
          const ended = blindmatch(...command);
          expect(ended.status, `${said}: ${ended.err}`).toBe(status);
          if (said === "report") expect(ended.err).toBe("");
        }
        expect(faults(place, [], { withoutSignature: true })).toEqual([]);
        expect(storedRows(place)).toEqual(storedRows(join(folder, "undisturbed")));
        expect(readdirSync(place).filter((file) => file.startsWith("record"))).toEqual(["record.sqlite"]);
      } catch (thrown) {
        wrong.push(`${point.call} ${point.nth} (${point.about}): ${String(thrown)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(cutOff).toBeGreaterThanOrEqual(2);
  });
});
