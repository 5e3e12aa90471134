import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { blindmatch, type Ended, program, type ReportLine, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, mayMount } from "../support/tools.ts";

const folder = temporaryFolder();
const home = join(folder, "home");
const evidence = join(folder, "evidence");
const caseAt = (name: string): string => join(folder, name);
const scanArgs = (name: string, ...more: readonly string[]): readonly string[] => [
  ...["scan", evidence, "--case", caseAt(name), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "test", "--quiet"],
  ...more,
];

/** The program on a machine whose bubblewrap cannot be started, in a mount namespace of its own. */
function withoutBubblewrap(...args: readonly string[]): Ended {
  const script = `mount --bind /dev/null /usr/bin/bwrap && exec "$@"`;
  const ended = spawnSync("unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh", process.execPath, program, ...args]);
  return { status: ended.status, out: ended.stdout.toString(), err: ended.stderr.toString() };
}

function isolationOf(lines: readonly ReportLine[]): readonly { readonly isolation: string; readonly probes: readonly string[] }[] {
  return lines[0]!["isolations"] as never;
}

/** How readers were confined in each session, without what a report says of it. */
function confinementsOf(lines: readonly ReportLine[]): readonly { readonly confinement: string; readonly sentence: string; readonly refused: readonly unknown[] }[] {
  return lines[0]!["confinements"] as never;
}
const strongest = process.getuid?.() === 0 ? "nobody" : "read-only";

const rows = (lines: readonly ReportLine[]): readonly ReportLine[] => lines.filter(({ type }) => type === "match" || type === "entry");

beforeAll(async () => {
  const photo = drawPhoto(31, 400, 300);
  mkdirSync(evidence);
  for (const encoding of ["jpeg", "png", "webp"] as const) writeFileSync(join(evidence, `picture.${encoding}`), await encode(photo, encoding));
  const [full] = pdqCodes({ data: photo.data, widthPixels: 400, heightPixels: 300, channels: 3 });
  const list = join(folder, "codes.csv");
  writeFileSync(list, `record_id,pdq,category\nSYN-1,${Buffer.from(full!.code).toString("hex")},1\n`);
  expect(blindmatch("list", "import", list, "--agency", "A", "--list-name", "codes", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
});

describeWith("bwrap", maySandbox, "a scan", () => {
  it("decodes in a sandbox that was tried, which all its reports say", () => {
    expect(blindmatch(...scanArgs("plain"))).toMatchObject({ status: 1, err: "" });
    const [run] = writtenReport(caseAt("plain"));
    expect(run!["isolations"]).toEqual([{ isolation: "sandbox", sentence: expect.stringContaining("in a sandbox"), probes: expect.arrayContaining(["read a file of this machine", "list the evidence", "trace a process"]) }]);
    expect(isolationOf([run!])[0]!.probes).toHaveLength(31);
    expect(run!["warnings"]).toEqual([]);
    expect((run!["custody"] as readonly ReportLine[]).map(({ kind }) => kind)).toContain("isolation");
    for (const format of ["csv", "html"]) expect(readFileSync(join(caseAt("plain"), `report.${format}`), "utf8")).toMatch(/Before the scan it was tried from inside, and was not possible, to read a file/);
  });

  it("finds the same with a process for each picture, and without a sandbox, of which each report warns", () => {
    expect(blindmatch(...scanArgs("each", "--isolation", "per-file")).status).toBe(1);
    expect(blindmatch(...scanArgs("bare", "--isolation", "process")).status).toBe(1);
    const [plain, each, bare] = ["plain", "each", "bare"].map((name) => wholeReport(caseAt(name)));
    expect(rows(each!)).toEqual(rows(plain!));
    expect(rows(bare!)).toEqual(rows(plain!));
    expect(isolationOf(each!)).toMatchObject([{ isolation: "per-file" }]);
    expect(isolationOf(bare!)).toMatchObject([{ isolation: "process", probes: [] }]);
    for (const lines of [plain!, each!, bare!]) expect(confinementsOf(lines)).toMatchObject([{ confinement: strongest, refused: [] }]);
    expect(bare![0]!["warnings"]).toEqual([expect.stringContaining("WITHOUT a sandbox")]);
    const csv = readFileSync(join(caseAt("bare"), "report.csv"), "utf8");
    expect(csv.split("\r\n").some((line) => line.startsWith(`"warning"`) && line.includes("WITHOUT a sandbox"))).toBe(true);
    expect(readFileSync(join(caseAt("bare"), "report.html"), "utf8")).toMatch(/<li class="notice">[^\n]*WITHOUT a sandbox/);
  });

  it("reads the evidence by confined readers, which all its reports say, also where nothing is decoded (REQ-15)", () => {
    // The list has codes alone: nothing could be found without them, which is no 0.
    expect(blindmatch(...scanArgs("digests", "--no-perceptual")).status).toBe(3);
    const [run] = writtenReport(caseAt("digests"));
    expect(isolationOf([run!])).toEqual([]);
    expect(confinementsOf([run!])).toEqual([{ confinement: strongest, sentence: expect.stringMatching(/^Files were read by processes .* without network/), refused: [] }]);
    expect((run!["custody"] as readonly ReportLine[]).filter(({ kind }) => kind === "confinement")).toMatchObject([{ confinement: strongest }]);
    for (const format of ["csv", "html"]) expect(readFileSync(join(caseAt("digests"), `report.${format}`), "utf8")).toMatch(/Files were read by processes .* without network/);
  });

  it("takes no other word for how to decode", () => {
    expect(blindmatch(...scanArgs("other", "--isolation", "none"))).toMatchObject({ status: 2, err: expect.stringContaining("sandbox, per-file, process") });
  });
});

describeWith("root and bwrap", mayMount && maySandbox, "a machine without a sandbox", () => {
  it("refuses to scan, with both remedies and nothing begun", () => {
    const { status, err } = withoutBubblewrap(...scanArgs("refused"));
    expect(status).toBe(70);
    for (const remedy of ["install bubblewrap", "--isolation process"]) expect(err).toContain(remedy);
    expect(err).toMatch(/^blindmatch: sandbox of the decoder: .*bwrap/);
    expect(existsSync(caseAt("refused"))).toBe(false);
  });

  it("scans without one when asked to, or when nothing is decoded", () => {
    const { status, err } = withoutBubblewrap(...scanArgs("lowered", "--isolation", "process").filter((arg) => arg !== "--quiet"));
    expect(status).toBe(1);
    const [run] = writtenReport(caseAt("lowered"));
    const [{ confinement, sentence, refused }] = confinementsOf([run!]) as [ReturnType<typeof confinementsOf>[number]];
    expect([confinement, refused]).toEqual(["plain", ["nobody", "read-only"].map((way) => ({ confinement: way, found: expect.stringContaining("bwrap") }))]);
    expect(sentence).toMatch(/NOT confined.*A stronger way \(nobody\) did not hold/);
    expect(run!["warnings"]).toEqual([sentence, expect.stringContaining("WITHOUT a sandbox")]);
    expect(err).toContain(sentence);
    expect(withoutBubblewrap(...scanArgs("undecoded", "--no-perceptual")).status).toBe(3);
  });

  it("where root may open namespaces and nobody may not keeps its readers' user and their view, and decodes in a sandbox", () => {
    // A namespace of users that is mapped as the machine's own, where the number of further ones is set to none.
    const script = `
      unshare --user --mount --pid --fork --propagation private sleep 60 & outer=$!
      until inner=$(pgrep -P $outer -x sleep); do sleep 0.05; done
      for map in uid_map gid_map; do echo "0 0 100000" > /proc/$inner/$map; done
      nsenter --target $inner --user --mount --pid sh -c 'mount -t proc proc /proc && echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"
      status=$?; kill -9 $inner; exit $status`;
    const ended = spawnSync("sh", ["-c", script, "sh", process.execPath, program, ...scanArgs("namespaces")]);
    expect(ended.status).toBe(1);
    const lines = writtenReport(caseAt("namespaces"));
    expect(confinementsOf(lines)).toMatchObject([{ confinement: "read-only", refused: [{ confinement: "nobody", found: expect.stringContaining("no picture could be decoded from inside") }] }]);
    expect(isolationOf(lines)).toMatchObject([{ isolation: "sandbox" }]);
    expect(rows(lines)).toEqual(rows(writtenReport(caseAt("plain"))));
  });

  it("fails its self-test for that alone", () => {
    const { status, out } = withoutBubblewrap("selftest");
    expect(status).toBe(70);
    expect(out.split("\n").filter((line) => line.startsWith("FAIL"))).toEqual([expect.stringContaining("install bubblewrap")]);
    expect(withoutBubblewrap("selftest", "--isolation", "process").status).toBe(0);
  });
});

describeWith("bwrap", maySandbox, "the self-test", () => {
  it("tries to leave the sandbox, and says how readers are confined (REQ-20)", () => {
    const { status, out } = blindmatch("selftest");
    expect(out).toContain(`      readers (${strongest}): Files were read`);
    expect(status).toBe(0);
    expect(out.split("\n").filter((line) => line.startsWith("ok    sandbox: no way to "))).toHaveLength(31);
  });
});
