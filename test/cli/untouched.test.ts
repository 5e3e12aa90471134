import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { blindmatch, program, writtenReport } from "../support/blindmatch.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { ext4Exhibit, unmount } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

/** Calls that change a file system, with the place in them where a path stands. */
const mutating = "unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,utime,utimes,utimensat,futimesat,truncate,ftruncate,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr,fallocate,ioctl";
const writing = "write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,sendfile,splice,copy_file_range";

describeWith("root, losetup, mkfs.ext4 and strace", mayMount && has("strace"), "a whole scan, as the kernel saw it", () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  const caseFolder = join(folder, "case");
  // Stands in every file of the evidence, and in nothing else.
  const canary = randomBytes(32).toString("hex");
  const trace = join(folder, "trace");
  let mounted: string;
  let image: string;
  let before: string;
  let out: string;
  let lines: readonly string[];
  /** By its path, or by an open folder of it: nothing else is reached by way of an open folder. */
  const isOfEvidence = (line: string): boolean => line.includes(mounted) || /"\/proc\/self\/fd\/\d+\//.test(line);
  const sumOf = (file: string): string => run("sha256sum", [file]).toString().split(" ")[0]!;

  beforeAll(async () => {
    const staged = join(folder, "staged");
    mkdirSync(join(staged, "pictures"), { recursive: true });
    for (let no = 0; no < 20; no++) writeFileSync(join(staged, `text ${no}`), `${no} ${canary}`);
    for (let no = 0; no < 6; no++) writeFileSync(join(staged, "pictures", `${no}.jpg`), Buffer.concat([await encode(drawPhoto(no + 1, 96, 64), "jpeg"), Buffer.from(canary)]));
    writeFileSync(join(staged, "broken.png"), Buffer.concat([(await encode(drawPhoto(9, 300, 200), "png")).subarray(0, 3000), Buffer.from(canary)]));
    ({ mounted, image } = ext4Exhibit(folder, 32, (root) => run("cp", ["-a", `${staged}/.`, root])));
    const listed = readFileSync(join(staged, "text 3"));
    const pdq = `record_id,sha256,pdq,category\nSYN-1,${run("sha256sum", [], listed).toString().slice(0, 64)},${randomBytes(32).toString("hex")},1\n`;
    writeFileSync(join(folder, "list.csv"), pdq);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    before = sumOf(image);
    const scan = [process.execPath, program, "scan", mounted, "--case", caseFolder, "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home];
    // In a network namespace with no interface but a loopback that is down.
    const traced = ["-n", "strace", "-f", "-y", "-s", "65536", "-o", trace, "-e", `trace=chdir,open,openat,openat2,creat,connect,bind,socket,${mutating},${writing}`, ...scan];
    out = run("sh", ["-c", `"$@" 2>&1; echo "status $?"`, "sh", "unshare", ...traced]).toString();
    expect(out).toContain("status 3");
    lines = readFileSync(trace, "latin1").split("\n");
  });

  it("answers without any network (REQ-21)", () => {
    expect(writtenReport(caseFolder).filter(({ type }) => type === "match")).toHaveLength(1);
    expect(lines.filter((line) => / (connect|bind)\(/.test(line) && /AF_INET/.test(line))).toEqual([]);
  });

  it("was traced: the evidence was opened, and read-only", () => {
    const opened = lines.filter((line) => /open(at2?)?\(/.test(line) && line.includes(`<${mounted}`));
    expect(opened.length).toBeGreaterThan(27);
    // Attempts count as well: on a mount like this one they all fail.
    const attempts = lines.filter((line) => /open(at2?)?\(/.test(line) && isOfEvidence(line));
    expect(attempts.length).toBeGreaterThan(27);
    expect(attempts.filter((line) => /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/.test(line))).toEqual([]);
  });

  it("makes no call that changes anything in the evidence (REQ-10)", () => {
    const changing = new RegExp(`(^|\\s)(${mutating.replace(",ioctl", "").replaceAll(",", "|")}|creat)\\(`);
    const calls = lines.filter((line) => changing.test(line));
    expect(calls.length, "the record and the reports are written").toBeGreaterThan(0);
    // In the memory of a sandbox, before it is shown what it may see.
    const elsewhere = /\("\/newroot\//;
    expect(calls.filter((line) => isOfEvidence(line) && !elsewhere.test(line))).toEqual([]);
    expect(lines.filter((line) => new RegExp(`(^|\\s)(${writing.replaceAll(",", "|")})\\(\\d+<${mounted}`).test(line))).toEqual([]);
  });

  it("opens and writes nothing while its working folder is one of the evidence", () => {
    const [main] = /^\d+/.exec(lines[0]!)!;
    // The runtime wakes its own threads, and may look at its memory, at any moment: neither is a path of the working folder.
    const ofRuntime = /write\(\d+<anon_inode:\[eventfd\]>|openat\([^"]*"\/proc\//;
    let [times, isInside] = [0, false];
    for (const line of lines.filter((line) => line.startsWith(`${main} `))) {
      const [, to] = /chdir\("\/proc\/self\/fd\/(\d+)"\)/.exec(line) ?? [];
      if (to === undefined) expect(isInside && !ofRuntime.test(line) ? line : "").toBe("");
      else [times, isInside] = [times + 1, times % 2 === 1];
    }
    // Once to where it is, then in and out of the one folder that has many names.
    expect([times, isInside]).toEqual([3, false]);
  });

  it("leaves the image as it was", () => {
    expect(sumOf(image)).toBe(before);
    expect((writtenReport(caseFolder)[0] as unknown as { evidenceWrites: { verdict: string } }).evidenceWrites.verdict).toBe("none");
  });

  it("lets content out by nothing but the pipe to the decoder, and that of pictures only", () => {
    const writes = lines.filter((line) => new RegExp(`(^|\\s)(${writing.replaceAll(",", "|")})\\(`).test(line));
    expect(writes.some((line) => line.includes("JFIF")), "strings are traced whole").toBe(true);
    const carrying = writes.filter((line) => line.includes(canary));
    expect(carrying.length, "pictures are handed to the decoder").toBeGreaterThan(5);
    expect(carrying.filter((line) => /\d\d? [0-9a-f]{64}/.test(line) && !/JFIF|PNG/.test(line)), "no text of the evidence").toEqual([]);
    expect(carrying.filter((line) => !/\(\d+<(UNIX-STREAM|socket|pipe):/.test(line))).toEqual([]);
  });

  it("leaves no byte of content in any file that it wrote, and says none (REQ-16)", () => {
    const files = (place: string): string[] => readdirSync(place, { recursive: true, encoding: "utf8" }).map((name) => join(place, name)).filter((path) => statSync(path).isFile());
    const written = [...files(caseFolder), ...files(home)];
    expect(written.length).toBeGreaterThan(5);
    for (const path of written) expect(readFileSync(path).includes(canary), path).toBe(false);
    expect(out).toContain("The answer is incomplete");
    expect(out).toContain("status 3");
    expect(out).not.toContain(canary);
    const created = lines.filter((line) => /O_CREAT/.test(line) && !/ = -1 /.test(line)).flatMap((line) => /"([^"]+)"/.exec(line)?.[1] ?? []);
    // What bubblewrap makes in the memory of a sandbox, of the probe that is handed in; and what that probe tries in vain.
    const elsewhere = created.filter((path) => path.startsWith("/") && !path.startsWith(folder) && !path.startsWith("/bindfile") && !path.endsWith("/written"));
    expect(elsewhere, "no temporary file anywhere else").toEqual([]);
  });
});

describeWith("root, losetup and mkfs.ext4", mayMount, "a file system that notes every access", () => {
  it("notes none of a scan", () => {
    const folder = temporaryFolder();
    const { image, mounted } = ext4Exhibit(folder, 16, (root) => {
      for (let no = 0; no < 10; no++) writeFileSync(join(root, `${no}`), `content ${no}`);
    });
    unmount(mounted, image);
    run("mount", ["-o", "loop,strictatime", image, mounted]);
    writeFileSync(join(folder, "list.csv"), `record_id,md5,category\nSYN-1,${"5a".repeat(16)},1\n`);
    const home = join(folder, "home");
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
    const times = (): string => run("sh", ["-c", `find "$1" ! -type d -printf '%p %A@ %T@ %C@\\n' | sort`, "sh", mounted]).toString();
    const earlier = times();
    const ended = blindmatch("scan", mounted, "--case", join(folder, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a test of access times");
    expect(ended, ended.err).toMatchObject({ status: 0 });
    expect(times()).toBe(earlier);
    run("cat", [join(mounted, "3")]);
    expect(times(), "and would note them").not.toBe(earlier);
  });
});
