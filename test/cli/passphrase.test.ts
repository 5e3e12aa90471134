import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { blindmatch, program } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { atTerminal } from "../support/terminal.ts";
import { describeWith, has } from "../support/tools.ts";

const folder = temporaryFolder();
const list = join(folder, "list.csv");
writeFileSync(list, "record_id,md5,category\nSYN-1,9e107d9d372bb6826bd81d3542a419d6,1\n");
const evidence = join(folder, "evidence");
mkdirSync(evidence);
writeFileSync(join(evidence, "file"), "The quick brown fox jumps over the lazy dog");

const passphrase = "four synthetic würds";
const importing = (home: string, ...more: string[]): string[] => ["list", "import", list, "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home, ...more];
const scanning = (home: string, caseName: string): string[] => ["scan", evidence, "--case", join(folder, caseName), "--case-number", "C", "--exhibit", "E", "--examiner", "X", "--allow-writable", "a test", "--home", home, "--quiet"];

describeWith("script", has("script") && has("setsid"), "lists sealed with a passphrase", () => {
  const home = join(folder, "home");

  it("ask for it twice at first, never show it, and then open with it and nothing else", async () => {
    const first = await atTerminal([`${passphrase}\r`, `${passphrase}\r`], importing(home, "--ask-passphrase"));
    expect(first.out).toContain("imported: A/l 1");
    expect(first.status).toBe(0);
    // Where rows are counted while they are read, and nowhere but at a terminal.
    expect(first.out).toContain("\r\x1b[K");
    expect(first.out).not.toContain("synthetic würds");
    expect(existsSync(join(home, "key"))).toBe(false);
    expect(readdirSync(home).sort()).toEqual(["catalog.sqlite", "segments"]);

    // From now on nobody has to say that there is one.
    const verified = await atTerminal([`${passphrase}\r`], ["list", "verify", "--home", home]);
    expect(verified).toMatchObject({ status: 0, out: expect.stringContaining("ok       A/l 1") });
    const typedWithMistakes = Buffer.concat([Buffer.from("wrong\u0015four syntheticü\u007f\u007f"), Buffer.from("c würds\r")]);
    expect((await atTerminal([typedWithMistakes], scanning(home, "case"))).status).toBe(1);
    const wrong = await atTerminal(["four synthetic words\r"], scanning(home, "other"));
    expect(wrong).toMatchObject({ status: 4, out: expect.stringContaining("found another key") });
    expect(wrong.out).not.toContain("four synthetic words");
    expect(existsSync(join(folder, "other"))).toBe(false);
  });

  it("also when both lines are pasted at once, and for diff and drop", async () => {
    const pasted = join(folder, "pasted");
    expect(await atTerminal([`${passphrase}\r${passphrase}\r`], importing(pasted, "--ask-passphrase"))).toMatchObject({ status: 0 });
    expect(await atTerminal([`${passphrase}\r`], ["list", "diff", "l", list, "--home", pasted])).toMatchObject({ status: 0, out: expect.stringContaining("0 added, 0 removed") });
    expect(await atTerminal([`${passphrase}\r`], ["list", "drop", "l", "--reason", "a test", "--home", pasted])).toMatchObject({ status: 0 });
  });

  it.each([
    ["a short one", ["short\r", "short\r"], "found 5 characters, expected at least 12"],
    ["two different ones", [`${passphrase}\r`, `${passphrase}s\r`], "found two different ones"],
    ["an end of input", ["\u0004"], "found the end of input"],
    ["bytes that are no text", [Buffer.from([0xff, 0xfe, 0x0d])], "no UTF-8"],
    ["an arrow key", [`${passphrase}\u001b[D\r`], "a control character"],
    ["another control character", [`${passphrase}\u0085\r`], "found a control character"],
  ])("refuse %s, with nothing imported, and take the right one afterwards", async (_, answers, message) => {
    const place = join(folder, message.replaceAll(/\W/g, "-"));
    expect(await atTerminal(answers, importing(place, "--ask-passphrase"))).toMatchObject({ status: 2, out: expect.stringContaining(message) });
    expect(blindmatch("list", "ls", "--home", place)).toMatchObject({ status: 0, out: "no list imported\n" });
    expect(readdirSync(place)).toEqual([]);
    expect(await atTerminal([`${passphrase}\r`, `${passphrase}\r`], importing(place, "--ask-passphrase"))).toMatchObject({ status: 0 });
  });

  it("do not bind a home before both answers are given", async () => {
    const place = join(folder, "not-bound");
    expect((await atTerminal(["half\u0003"], importing(place, "--ask-passphrase"))).status).toBe(130);
    expect(blindmatch(...importing(place))).toMatchObject({ status: 0, err: expect.stringContaining("made a key") });
    expect(blindmatch("list", "verify", "--home", place)).toMatchObject({ status: 0 });
  });

  it("are looked at without it, with a note that nothing was verified", () => {
    expect(blindmatch("list", "ls", "--home", home)).toMatchObject({ status: 0, out: expect.stringMatching(/A\/l 1.*\nnot verified: that needs the key/) });
  });

  it("end with 130 at Ctrl-C, the terminal as it was", async () => {
    const ended = await atTerminal(["half\u0003"], ["list", "verify", "--home", home]);
    expect(ended.status).toBe(130);
  });

  it("say what to do with a key file besides, in a home sealed by one, and when the salt is gone or altered", async () => {
    const withKey = join(folder, "with-key");
    expect(blindmatch(...importing(withKey))).toMatchObject({ status: 0 });
    expect(blindmatch(...importing(withKey, "--ask-passphrase"))).toMatchObject({ status: 2, err: expect.stringContaining("use its key file") });
    expect(blindmatch("list", "verify", "--ask-passphrase", "--home", withKey)).toMatchObject({ status: 2, err: expect.stringContaining("found no lists sealed with a passphrase") });
    expect(blindmatch("list", "verify", "--ask-passphrase", "--key-file", "x", "--home", withKey)).toMatchObject({ status: 2, err: expect.stringContaining("cannot be used with") });

    const catalog = new Database(join(home, "catalog.sqlite"));
    const kept = catalog.prepare<[], string>("SELECT passphraseSalt FROM seal").pluck().get()!;
    const setSalt = catalog.prepare("UPDATE seal SET passphraseSalt = ?");
    setSalt.run(kept.slice(2));
    expect(blindmatch("list", "verify", "--home", home)).toMatchObject({ status: 4, err: expect.stringContaining("a salt of its passphrase that is none") });
    setSalt.run(kept.replace(/^./, (digit) => (digit === "0" ? "1" : "0")));
    expect(await atTerminal([`${passphrase}\r`], ["list", "verify", "--home", home])).toMatchObject({ status: 4, out: expect.stringContaining("found another key") });
    setSalt.run(kept);
    catalog.close();
  });

  it("need a terminal", async () => {
    const detached = spawn("setsid", ["-w", process.execPath, program, "list", "verify", "--home", home], { stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    detached.stderr.on("data", (data: Buffer) => (err += data.toString()));
    const status = await new Promise((resolve) => detached.on("close", resolve));
    expect({ status, err }).toMatchObject({ status: 2, err: expect.stringContaining("found no terminal to ask at") });
  });
});
