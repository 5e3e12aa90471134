import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { blindmatch, type Ended, rawPath, type ReportLine, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { type Exhibit, ext4Exhibit } from "../support/ext4.ts";
import { fillExhibit, type Planted } from "../support/exhibit.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

describeWith("root, losetup and mkfs.ext4", mayMount, "a scan of a mounted ext4 image", () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  let exhibit: Exhibit;
  let planted: Planted;
  let imageBefore: string;
  let scanned: Ended;
  let lines: ReportLine[];
  const entries = (): ReportLine[] => lines.filter(({ type }) => type === "entry");
  const files = (): ReportLine[] => entries().filter(({ kind }) => kind === "file");
  const scan = (caseFolder: string, ...more: string[]): Ended =>
    blindmatch("scan", exhibit.mounted, "--case", caseFolder, "--case-number", "C-1", "--exhibit", "EX-7", "--examiner", "A. Examiner", "--home", home, "--digests", "all", ...more);
  const sha256OfImage = (): string => run("sha256sum", [exhibit.image]).toString().slice(0, 64);

  beforeAll(async () => {
    // Pictures are drawn before the image is filled: mounting and unmounting are synchronous.
    const staged = join(folder, "staged");
    mkdirSync(staged);
    planted = await fillExhibit(staged, 200);
    exhibit = ext4Exhibit(folder, 64, (root) => {
      run("cp", ["-a", `${staged}/.`, root]);
      execFileSync("mkfifo", [join(root, "Users/ann/pipe")]);
      run("mknod", [join(root, "Users/ann/device"), "c", "1", "3"]);
      writeFileSync(join(root, "Users/ann/sparse"), "");
      truncateSync(join(root, "Users/ann/sparse"), 40_000_000);
    });
    writeFileSync(join(folder, "vics.json"), planted.vicsList);
    writeFileSync(join(folder, "pdq.csv"), planted.pdqList);
    for (const [file, name] of [["vics.json", "pictures"], ["pdq.csv", "pictures-pdq"]] as const) {
      const imported = blindmatch("list", "import", join(folder, file), "--agency", "Synthetic", "--list-name", name, "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home);
      expect(imported, imported.err).toMatchObject({ status: 0 });
    }
    imageBefore = sha256OfImage();
    scanned = scan(join(folder, "case"));
    lines = wholeReport(join(folder, "case"));
  });

  it("ends with status 1: complete, with matches", () => expect(scanned, scanned.err).toMatchObject({ status: 1 }));

  it("sees every name that find sees, and no other (REQ-01)", () => {
    const found = run("find", [exhibit.mounted, "-mindepth", "1", "!", "-type", "d", "-printf", "%P\\0"]).toString("latin1").split("\0").filter(Boolean);
    expect(found.length).toBeGreaterThan(200);
    expect(entries().map(rawPath).sort()).toEqual(found.sort());
    const count = (kind: string): number => Number(run("sh", ["-c", `find "$1" -mindepth 1 -type ${kind} -print0 | tr -cd '\\0' | wc -c`, "sh", exhibit.mounted]).toString());
    expect(files()).toHaveLength(count("f"));
    expect(entries().filter(({ kind }) => kind === "link")).toHaveLength(count("l"));
    expect(entries().filter(({ kind }) => kind === "fifo")).toHaveLength(count("p"));
    const totals = lines.find(({ type }) => type === "totals")!;
    expect(totals["folders"]).toBe(count("d") + 1);
  });

  it.each([
    ["sha256", "sha256sum"],
    ["md5", "md5sum"],
    ["sha1", "sha1sum"],
  ])("gives the %s that %s gives, for every file (REQ-08, REQ-23)", (algorithm, tool) => {
    const printed = run("sh", ["-c", `cd "$1" && find . -type f -print0 | xargs -0 ${tool} -z`, "sh", exhibit.mounted]).toString("latin1");
    const theirs = printed.split("\0").filter(Boolean).map((line) => `${line.slice(0, line.indexOf(" "))} ${line.slice(line.indexOf(" ") + 4)}`);
    const ours = files().map((line) => `${(line["digests"] as Record<string, string>)[algorithm]} ${rawPath(line)}`);
    expect(ours.sort()).toEqual(theirs.sort());
  });

  it("agrees with hashdeep, an independent tool, on every digest (REQ-23)", () => {
    const known = join(folder, "known.txt");
    const rows = files().map((line) => {
      const { md5, sha256 } = line["digests"] as Record<string, string>;
      return Buffer.concat([Buffer.from(`${line["sizeBytes"]},${md5},${sha256},${exhibit.mounted}/`), Buffer.from(rawPath(line), "latin1"), Buffer.from("\n")]);
    });
    writeFileSync(known, Buffer.concat([Buffer.from("%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n"), ...rows]));
    // Negative matching prints what is not in the known set: it must print nothing.
    const strangers = run("sh", ["-c", `cd "$2" && find . -type f -print0 | xargs -0 hashdeep -x -k "$1" || true`, "sh", known, exhibit.mounted]).toString("latin1");
    expect(strangers.split("\n").filter((line) => line !== "")).toEqual([]);
  });

  it("finds every planted copy as exact, every altered copy as near, and nothing else (REQ-25, REQ-40)", () => {
    const matches = (kind: string): string[] => lines.filter((line) => line.type === "match" && line["kind"] === kind).map((line) => `${rawPath(line)} = ${line["recordId"]}`).sort();
    const exact = [...planted.exact].map(([path, record]) => `${path} = ${record}`).sort();
    expect(matches("exact")).toEqual(exact);
    // A listed picture's own copy also resembles its entry in the list of codes: the same bytes, so at distance 0.
    const near = lines.filter((line) => line.type === "match" && line["kind"] === "near");
    const ofCopies = near.filter((line) => planted.exact.has(rawPath(line)));
    expect(ofCopies.map((line) => `${rawPath(line)} = ${line["recordId"]}`).sort()).toEqual(exact);
    expect(ofCopies.every(({ distanceBits }) => distanceBits === 0)).toBe(true);
    const others = near.filter((line) => !planted.exact.has(rawPath(line)));
    expect(others.map((line) => `${rawPath(line)} = ${line["recordId"]}`).sort()).toEqual([...planted.near].map(([path, record]) => `${path} = ${record}`).sort());
  });

  it("reconciles: seen = examined + unread, in entries and in bytes (REQ-02)", () => {
    const totals = lines.find(({ type }) => type === "totals") as unknown as Record<string, { entries: number; bytes: string }>;
    expect(totals["seen"]!.entries).toBe(totals["examined"]!.entries + totals["unread"]!.entries);
    expect(BigInt(totals["seen"]!.bytes)).toBe(BigInt(totals["examined"]!.bytes) + BigInt(totals["unread"]!.bytes));
    expect(totals["seen"]!.entries).toBe(entries().length);
    expect(BigInt(totals["seen"]!.bytes)).toBe(files().reduce((sum, { sizeBytes }) => sum + BigInt(sizeBytes as number), 0n));
  });

  it("leaves the image as it was, and the report says that nothing was written to the device (REQ-10)", () => {
    expect(sha256OfImage()).toBe(imageBefore);
    const text = readFileSync(join(folder, "case/report.html"), "utf8");
    expect(text).toContain("It was mounted read-only; the device itself was read-only for the operating system.");
    expect(text).toContain("Nothing was written to the device that holds the evidence");
    const run = lines.find(({ type }) => type === "run")!;
    const device = JSON.stringify(run).match(/"sectorsWritten":"(\d+)"/g) ?? [];
    expect(device.length).toBeGreaterThanOrEqual(2);
    expect(new Set(device).size).toBe(1);
  });

  it("gives identical result rows with 1 reader and with 4 (REQ-52)", () => {
    const rows = (caseFolder: string): string => {
      const all = wholeReport(caseFolder).filter(({ type }) => type === "entry" || type === "match");
      return createHash("sha256").update(JSON.stringify(all)).digest("hex");
    };
    const mine = rows(join(folder, "case"));
    for (const readers of ["1", "4"]) {
      const caseFolder = join(folder, `case-${readers}`);
      expect(scan(caseFolder, "--readers", readers).status).toBe(1);
      expect(rows(caseFolder)).toBe(mine);
    }
  });

  it("changes nothing when the finished case is scanned again, and says so (REQ-54)", () => {
    const before = writtenReport(join(folder, "case"));
    const record = run("sha256sum", [join(folder, "case/record.sqlite")]).toString();
    const again = scan(join(folder, "case"));
    expect(again.status).toBe(1);
    expect(again.err).toMatch(/finished/);
    expect(run("sha256sum", [join(folder, "case/record.sqlite")]).toString()).toBe(record);
    expect(writtenReport(join(folder, "case"))).toEqual(before);
  });

  it("refuses to mix another exhibit into the case (REQ-55)", () => {
    const mixed = blindmatch("scan", exhibit.mounted, "--case", join(folder, "case"), "--case-number", "C-1", "--exhibit", "EX-8", "--examiner", "A. Examiner", "--home", home, "--digests", "all");
    expect(mixed.status).toBe(5);
    expect(mixed.err).toMatch(/EX-7/);
    expect(mixed.err).toMatch(/EX-8/);
  });

  it("names no file on the terminal, in events or in messages (REQ-18)", () => {
    const json = scan(join(folder, "case-json"), "--json");
    for (const text of [scanned.out, scanned.err, json.out, json.err]) expect(text).not.toMatch(/Users|IMG_|holiday|note \d|locked|noise/);
    const events = json.out.trim().split("\n").map((line) => JSON.parse(line) as { event: string });
    expect(events.at(-1)).toMatchObject({ event: "finished", exitStatus: 1 });
    expect(events.some(({ event }) => event === "planned")).toBe(true);
  });

  it("refuses the same image mounted writable, unless a reason is given, which then stands in the report (REQ-11)", () => {
    const place = join(folder, "writable");
    mkdirSync(place);
    const image = join(folder, "writable.img");
    run("truncate", ["-s", "8M", image]);
    run("mkfs.ext4", ["-q", "-F", image]);
    run("mount", ["-o", "loop", image, place]);
    try {
      writeFileSync(join(place, "note"), "text");
      const at = ["scan", place, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home];
      const refused = blindmatch(...at, "--case", join(folder, "case-refused"));
      expect(refused.status).toBe(6);
      expect(refused.err).toMatch(/expected a read-only mount/);
      const allowed = blindmatch(...at, "--case", join(folder, "case-allowed"), "--allow-writable", "live system, no imager at hand");
      expect(allowed, allowed.err).toMatchObject({ status: 0 });
      expect(readFileSync(join(folder, "case-allowed/report.html"), "utf8")).toContain("live system, no imager at hand");
      const inside = blindmatch(...at, "--case", join(place, "case"), "--allow-writable", "x");
      expect(inside.status).toBe(6);
      expect(inside.err).toMatch(/inside the evidence/);
    } finally {
      run("umount", [place]);
    }
  });
});

