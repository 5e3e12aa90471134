import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { blindmatch, type Ended, startBlindmatch, writtenReport } from "../support/blindmatch.ts";
import { unmount, untilFree } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

const listText = `record_id,md5,category\nSYN-1,${"5a".repeat(16)},1\n`;

/** How an image is mounted: through a loop device of a kind, with options. */
interface Attached {
  readonly mounted: string;
  detach(): void;
}

describeWith("root, losetup and mkfs.ext4", mayMount, "how the evidence is mounted", () => {
  const folder = temporaryFolder();
  const home = join(folder, "home");
  const [clean, dirty] = [join(folder, "clean.img"), join(folder, "dirty.img")];
  const attached = new Set<Attached>();
  let places = 0;
  let cases = 0;

  const attach = (image: string, device: "read-only" | "writable", options: string): Attached => {
    const loop = run("losetup", ["--show", "-f", ...(device === "read-only" ? ["-r"] : []), image]).toString().trim();
    const mounted = join(folder, `mounted-${places++}`);
    mkdirSync(mounted);
    const detach = (): void => {
      // Once only: the loop device may be another test's by then.
      if (!attached.delete(one)) return;
      spawnSync("umount", [mounted]);
      spawnSync("losetup", ["-d", loop]);
      untilFree(image, `${loop}:`);
    };
    const one = { mounted, detach };
    attached.add(one);
    run("mount", ["-o", options, loop, mounted]);
    return one;
  };
  const caseAt = (number: number): string => join(folder, `case-${number}`);
  const argumentsFor = (evidence: string, ...more: string[]): string[] => ["scan", evidence, "--case", caseAt(cases++), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, ...more];
  const scan = (evidence: string, ...more: string[]): Ended => blindmatch(...argumentsFor(evidence, ...more));
  const writesOf = (number: number) => (writtenReport(caseAt(number))[0] as unknown as { readonly evidenceWrites: { readonly verdict: string; readonly mountSentence: string; readonly furtherSentences: readonly string[] } }).evidenceWrites;
  const sumOf = (tool: string, file: string): string => run(tool, [file]).toString().split(" ")[0]!;

  beforeAll(() => {
    for (const image of [clean, dirty]) {
      run("truncate", ["-s", "16M", image]);
      run("mkfs.ext4", ["-q", "-F", image]);
    }
    const mounted = join(folder, "filling");
    mkdirSync(mounted);
    run("mount", ["-o", "loop", clean, mounted]);
    for (let no = 0; no < 30; no++) writeFileSync(join(mounted, `file ${no}`), `content ${no}`);
    unmount(mounted, clean);
    // Taken while the file system is written to: its journal holds what the rest does not.
    run("mount", ["-o", "loop", dirty, mounted]);
    for (let no = 0; no < 30; no++) appendFileSync(join(mounted, `file ${no}`), `content ${no}`);
    run("sync", ["-f", mounted]);
    run("cp", [dirty, `${dirty}.taken`]);
    unmount(mounted, dirty);
    run("mv", [`${dirty}.taken`, dirty]);
    writeFileSync(join(folder, "list.csv"), listText);
    expect(blindmatch("list", "import", join(folder, "list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home)).toMatchObject({ status: 0 });
  });
  afterAll(() => attached.forEach(({ detach }) => detach()));

  it("is refused when the device could be written to, however it is mounted, and the reason given stands in the report (REQ-12)", () => {
    const { mounted, detach } = attach(clean, "writable", "ro,noload");
    const refused = scan(mounted);
    expect(refused).toMatchObject({ status: 6, out: "" });
    expect(refused.err).toMatch(/^blindmatch: evidence: found ext4 mounted ro.*the block device beneath it is not read-only.*expected a read-only mount.*blockdev --setro/);
    expect(refused.err).not.toContain("journal may");
    expect(scan(mounted, "--allow-writable", "hardware write blocker 12")).toMatchObject({ status: 0 });
    expect(writesOf(1).mountSentence).toContain("Against the mount stands: the block device beneath it is not read-only");
    expect(readFileSync(join(caseAt(1), "report.html"), "utf8")).toContain("hardware write blocker 12");
    detach();
  });

  it("is refused when a journal may have been replayed: the image was changed by mounting alone (REQ-12)", () => {
    const before = sumOf("sha256sum", dirty);
    run("cp", [dirty, `${dirty}.copy`]);
    const { mounted, detach } = attach(`${dirty}.copy`, "writable", "ro");
    expect(scan(mounted)).toMatchObject({ status: 6, err: expect.stringContaining("its journal may have been replayed") });
    detach();
    expect(sumOf("sha256sum", `${dirty}.copy`), "this is why").not.toBe(before);
  });

  it("leaves an image with such a journal as it was when it is mounted as the README says", () => {
    const before = sumOf("sha256sum", dirty);
    const { mounted, detach } = attach(dirty, "read-only", "ro,noload");
    const number = cases;
    const ended = scan(mounted, "--hash-image");
    expect(ended.status, ended.err).not.toBe(6);
    expect(ended.err).toContain("hashing the whole image, before the scan");
    expect(writesOf(number)).toMatchObject({ verdict: "none", furtherSentences: [expect.stringMatching(/: all were the same\.$/), expect.stringContaining(`the same SHA-256 before and after: ${before}`)] });
    detach();
    expect(sumOf("sha256sum", dirty)).toBe(before);
  });

  it("is refused when the image can be changed through another loop device", () => {
    const { mounted, detach } = attach(clean, "read-only", "ro,noload");
    const other = run("losetup", ["--show", "-f", clean]).toString().trim();
    try {
      expect(scan(mounted)).toMatchObject({ status: 6, err: expect.stringContaining("another loop device over the same image is not read-only") });
    } finally {
      run("losetup", ["-d", other]);
      detach();
    }
  });

  it("is said to leave open whether a journal was replayed when only the device's present state speaks against it", () => {
    const { mounted, detach } = attach(clean, "read-only", "ro");
    const number = cases;
    expect(scan(mounted)).toMatchObject({ status: 0 });
    expect(writesOf(number).mountSentence).toContain("No option kept a journal from being replayed");
    detach();
  });

  it("is that of the file system which is seen, of two that are mounted over one another", () => {
    const { mounted, detach } = attach(clean, "read-only", "ro,noload");
    const above = join(folder, "above");
    mkdirSync(join(above, "e"), { recursive: true });
    run("mount", ["--bind", mounted, join(above, "e")]);
    run("mount", ["-t", "tmpfs", "none", above]);
    try {
      mkdirSync(join(above, "e"));
      expect(scan(join(above, "e"))).toMatchObject({ status: 6, err: expect.stringContaining("found tmpfs mounted") });
    } finally {
      run("umount", [above]);
      run("umount", [join(above, "e")]);
      detach();
    }
  });

  it("is refused as a place for the case, by whatever way (REQ-13)", () => {
    const { mounted, detach } = attach(clean, "writable", "rw");
    const other = join(folder, "other-way");
    mkdirSync(other);
    mkdirSync(join(mounted, "sub"), { recursive: true });
    run("mount", ["--bind", join(mounted, "sub"), other]);
    try {
      const inside = blindmatch("scan", mounted, "--case", join(other, "case"), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--home", home, "--allow-writable", "a test");
      expect(inside).toMatchObject({ status: 6, err: expect.stringContaining("found a folder inside the evidence") });
    } finally {
      run("umount", [other]);
      detach();
    }
  });

  it("is refused when it is an overlay", () => {
    const { mounted, detach } = attach(clean, "read-only", "ro,noload");
    const over = join(folder, "over");
    mkdirSync(over);
    run("mount", ["-t", "overlay", "overlay", "-o", `ro,lowerdir=${mounted}:${folder}`, over]);
    try {
      expect(scan(over)).toMatchObject({ status: 6, err: expect.stringContaining("an overlay of several file systems") });
    } finally {
      run("umount", [over]);
      detach();
    }
  });

  it("that is only a folder of its file system is said to leave the rest unsearched", () => {
    const { mounted, detach } = attach(clean, "read-only", "ro,noload");
    const [wholeCase, partCase] = [cases, cases + 1];
    expect(scan(mounted)).toMatchObject({ status: 0 });
    expect(scan(join(mounted, "lost+found"))).toMatchObject({ status: 0 });
    expect(readFileSync(join(caseAt(wholeCase), "report.jsonl"), "utf8")).not.toContain("rest-of-file-system");
    expect(readFileSync(join(caseAt(partCase), "report.jsonl"), "utf8")).toContain("rest-of-file-system");
    detach();
  });

  describe("the whole image", () => {
    let mounted: string;
    beforeAll(() => void ({ mounted } = attach(clean, "read-only", "ro,noload")));

    it("is compared with digests that were stated, before anything is examined", () => {
      const number = cases;
      const [md5, sha1] = [sumOf("md5sum", clean), sumOf("sha1sum", clean)];
      expect(scan(mounted, "--image-digest", `md5:${md5}`, "--image-digest", `SHA1:${sha1.toUpperCase()}`)).toMatchObject({ status: 0 });
      expect(writesOf(number).furtherSentences[1]).toContain(`It agrees with what was stated of it (md5 ${md5} by --image-digest and sha1 ${sha1} by --image-digest)`);
      const wrong = scan(mounted, "--image-digest", `md5:${"0".repeat(32)}`);
      expect(wrong).toMatchObject({ status: 6, err: expect.stringContaining(`found the md5 ${md5}, expected ${"0".repeat(32)} (--image-digest)`) });
    });

    it.each([["md5:12"], ["crc32:12345678"], [`sha256:${"g".repeat(64)}`], ["md5"]])("is not compared with %s", (stated) => {
      expect(scan(mounted, "--image-digest", stated)).toMatchObject({ status: 2 });
    });

    it("that changes during the scan ends it with 6, and the report says so", async () => {
      const number = cases;
      const child = startBlindmatch(...argumentsFor(mounted, "--image-digest", `sha256:${sumOf("sha256sum", clean)}`, "--json"));
      let told = "";
      child.stdout!.on("data", (piece: Buffer) => {
        // A byte of free space, through the file below: neither the mount nor the device's counters notice.
        if (told.includes("planned") || !(told += piece.toString()).includes("planned")) return;
        const image = openSync(clean, "r+");
        writeSync(image, Buffer.from([0x5a]), 0, 1, 15 * 2 ** 20);
        closeSync(image);
      });
      const status = await new Promise((resolve) => child.on("close", resolve));
      expect(status).toBe(6);
      expect(writesOf(number).furtherSentences[1]).toContain("NOT the same at every look");
    });

    it("cannot be hashed where there is no device", () => {
      const place = join(folder, "tmpfs");
      mkdirSync(place);
      run("mount", ["-t", "tmpfs", "-o", "ro", "none", place]);
      try {
        expect(scan(place, "--hash-image")).toMatchObject({ status: 2, err: expect.stringContaining("without a block device") });
        expect(scan(place)).toMatchObject({ status: 0 });
      } finally {
        run("umount", [place]);
      }
    });
  });

  describeWith("ewfacquire", has("ewfacquire"), "an EnCase image", () => {
    let mounted: string;
    let sectors: string;
    beforeAll(() => {
      ({ mounted } = attach(clean, "read-only", "ro,noload"));
      sectors = join(folder, "acquired");
      run("ewfacquire", ["-u", "-q", "-t", sectors, "-d", "sha1", "-S", "1048576", "-c", "none", "-b", "64", clean]);
    });
    const segment = (number: number): string => `${sectors}.E${String(number).padStart(2, "0")}`;

    it("has its stored digests compared, which its last segment holds", () => {
      const segments = run("sh", ["-c", `ls "$1".E* | wc -l`, "sh", sectors]).toString().trim();
      const last = segment(Number(segments));
      const number = cases;
      const ended = scan(mounted, "--ewf", last);
      expect(ended, ended.err).toMatchObject({ status: 0 });
      expect(writesOf(number).furtherSentences[1]).toMatch(new RegExp(`md5 ${sumOf("md5sum", clean)} by the EWF segment .*sha1 ${sumOf("sha1sum", clean)} by the EWF segment`));
      if (Number(segments) > 1) expect(scan(mounted, "--ewf", segment(1))).toMatchObject({ status: 6, err: expect.stringContaining("expected the last one") });
      const bytes = readFileSync(last);
      for (const [name, text] of [["short", bytes.subarray(0, 60)], ["text", Buffer.from("no image at all, but a text that is long enough")], ["flipped", Buffer.from(bytes).fill(0xff, 20, 24)]] as const) {
        writeFileSync(join(folder, name), text);
        expect(scan(mounted, "--ewf", join(folder, name)), name).toMatchObject({ status: 6, err: expect.stringMatching(/--ewf .*: found .*, expected /) });
      }
      expect(scan(mounted, "--ewf", join(folder, "missing")).status).toBe(6);
    });
  });
});
