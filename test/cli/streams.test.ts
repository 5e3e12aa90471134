import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import { blindmatch, rawPath, type ReportLine, wholeReport, writtenReport } from "../support/blindmatch.ts";
import { untilFree } from "../support/ext4.ts";
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
    untilFree(image);
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
    expect(lines.find(({ type }) => type === "match")).toMatchObject({ container: [{ kind: "file", path: "folder/inner/letter.txt" }, { kind: "stream", name: "hidden" }] });
    expect(notSearched("shown")).toContain("Alternate data streams were searched");
    expect(readFileSync(join(folder, "shown/report.html"), "utf8")).toContain("letter.txt:hidden");
    // Going on with the same evidence finds the same names.
    expect(scan("shown")).toMatchObject({ status: 1 });
  });

  it("are told apart however alike they are, and whatever their file is called", () => {
    attach("-w", "streams_interface=windows");
    const listed = known.toString();
    const same = "A".repeat(listed.length);
    writeFileSync(join(mounted, "linked"), same);
    run("ln", [join(mounted, "linked"), join(mounted, "linked again")]);
    for (const [name, content] of [["linked:one", same], ["linked:two", listed], [".x:s", listed], ["x", "x"], ["x:s", "harmless"], ["..two:s", "dots"]] as const) {
      if (name.startsWith(".")) writeFileSync(join(mounted, name.split(":")[0]!), "dot");
      writeFileSync(join(mounted, name), content);
    }
    detach();
    attach("-r", "ro,norecover,streams_interface=windows");
    const ended = scan("alike");
    expect(ended, ended.err).toMatchObject({ status: 1 });
    const lines = wholeReport(join(folder, "alike"));
    const digests = new Map(lines.filter(({ type }) => type === "entry").map((line) => [rawPath(line), (line["digests"] as { sha256: string }).sha256]));
    for (const [name, content] of [["linked:one", same], ["linked:two", listed], ["linked again", same], [".x:s", listed], ["x:s", "harmless"], ["..two:s", "dots"]] as const)
      expect(digests.get(name), name).toBe(createHash("sha256").update(content).digest("hex"));
    // A second name of a file has the file's streams.
    expect(lines.filter(({ type }) => type === "match").map(rawPath).sort()).toEqual([".x:s", "folder/inner/letter.txt:hidden", "linked again:two", "linked:two"]);
  });

  it("make the scan incomplete where their names cannot all be told, and the others are searched", () => {
    attach("-w", "streams_interface=windows");
    // More than an attribute's value may hold.
    for (let no = 0; no < 300; no++) writeFileSync(join(mounted, `plain:${String(no).padStart(3, "0")}${"n".repeat(245)}`), "");
    detach();
    attach("-r", "ro,norecover,streams_interface=windows");
    expect(scan("many")).toMatchObject({ status: 3 });
    const lines = wholeReport(join(folder, "many"));
    expect(lines.filter(({ type }) => type === "unread").map(rawPath)).toEqual([":"]);
    expect(lines.filter(({ type }) => type === "match").map(rawPath)).toContain("folder/inner/letter.txt:hidden");
  });

  it("are said not to be searched where it does not", () => {
    attach("-r", "ro,norecover");
    expect(scan("hidden")).toMatchObject({ status: 0 });
    expect(notSearched("hidden")).toContain("streams_interface=windows");
    expect(notSearched("hidden")).not.toContain("were searched");
  });
});
