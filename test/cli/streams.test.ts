import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { blindmatch, rawPath, type ReportLine, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

const ready = process.getuid?.() === 0 && has("ntfs-3g") && has("mkntfs") && has("getfattr") && has("losetup");

describeWith("root, ntfs-3g, losetup and getfattr", ready, "alternate data streams of NTFS", () => {
  const folder = temporaryFolder();
  const [image, mounted, home] = [join(folder, "ntfs.img"), join(folder, "mounted"), join(folder, "home")];
  const known = Buffer.from("what is known");
  let loop = "";
  const attach = (device: "-r" | "-w", options: string): void => {
    loop = run("losetup", ["--show", "-f", ...(device === "-r" ? ["-r"] : []), image]).toString().trim();
    run("mount", ["-t", "ntfs-3g", "-o", options, loop, mounted]);
  };
  const detach = (): void => {
    spawnSync("umount", [mounted]);
    spawnSync("losetup", ["-d", loop]);
  };
  const scan = (name: string) => blindmatch("scan", mounted, "--case", join(folder, name), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home);
  const notSearched = (name: string): string => JSON.stringify((writtenReport(join(folder, name)).at(-1) as ReportLine)["notSearched"]);

  beforeAll(() => {
    mkdirSync(mounted);
    run("truncate", ["-s", "20M", image]);
    run("mkntfs", ["-q", "-F", image]);
    attach("-w", "streams_interface=windows");
    mkdirSync(join(mounted, "folder/inner"), { recursive: true });
    writeFileSync(join(mounted, "folder/inner/letter.txt"), "a letter");
    writeFileSync(join(mounted, "folder/inner/letter.txt:hidden"), known);
    writeFileSync(join(mounted, "folder/inner/letter.txt:second é"), "second");
    writeFileSync(join(mounted, "folder:of a folder"), "in a folder");
    writeFileSync(join(mounted, "back\\slash"), "b");
    writeFileSync(join(mounted, "plain"), "p");
    detach();
    writeFileSync(join(folder, "list.csv"), `record_id,sha256,category\nSYN-1,${createHash("sha256").update(known).digest("hex")},1\n`);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
  });
  afterEach(detach);

  it("are entries of their own where ntfs-3g shows them, and match", () => {
    attach("-r", "ro,norecover,streams_interface=windows");
    const ended = scan("shown");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    const lines = wholeReport(join(folder, "shown"));
    const entries = new Map(lines.filter(({ type }) => type === "entry").map((line) => [Buffer.from(rawPath(line), "latin1").toString(), line]));
    for (const [path, text] of [["folder/inner/letter.txt:hidden", known.toString()], ["folder/inner/letter.txt:second é", "second"], ["folder:of a folder", "in a folder"], ["folder/inner/letter.txt", "a letter"], ["plain", "p"]] as const)
      expect((entries.get(path)?.["digests"] as { sha256: string } | undefined)?.sha256, path).toBe(createHash("sha256").update(text).digest("hex"));
    expect(lines.filter(({ type }) => type === "match").map(rawPath)).toEqual(["folder/inner/letter.txt:hidden"]);
    expect(notSearched("shown")).toContain("Alternate data streams were searched");
    expect(readFileSync(join(folder, "shown/report.html"), "utf8")).toContain("letter.txt:hidden");
    // Going on with the same evidence finds the same names.
    expect(scan("shown")).toMatchObject({ status: 1 });
  });

  it("are said not to be searched where it does not", () => {
    attach("-r", "ro,norecover");
    expect(scan("hidden")).toMatchObject({ status: 0 });
    expect(notSearched("hidden")).toContain("streams_interface=windows");
    expect(notSearched("hidden")).not.toContain("were searched");
  });
});
