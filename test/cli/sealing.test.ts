import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { newSecretKey, secretKeyText } from "../../src/minisign/secret-key.ts";
import { blindmatch, type Ended, program } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { atTerminal } from "../support/terminal.ts";
import { describeWith, has, mayMount, run } from "../support/tools.ts";

// Sealing and verifying as it is done on a command line; every stock program that the README names is asked as well.

const folder = temporaryFolder();
const place = (...names: string[]): string => join(folder, ...names);
const home = place("home");
let copies = 0;

function ended(status: number, args: readonly string[]): Ended {
  const result = blindmatch(...args);
  expect(result.status, result.err + result.out).toBe(status);
  return result;
}

/** A case of its own, as the scan left it. */
function newCase(from = "finished"): string {
  const copy = place(`case-${copies++}`);
  cpSync(place(from), copy, { recursive: true });
  return copy;
}

function verified(status: number, ...args: string[]): string {
  return ended(status, ["verify", ...args]).out;
}

beforeAll(() => {
  mkdirSync(place("evidence"));
  for (const name of ["one", "two", "three"]) writeFileSync(place("evidence", name), name);
  writeFileSync(place("list.csv"), "record_id,md5,category\nSYN-1,5b9164ad6f496d9dee12ec7634ce253f,1\n");
  ended(0, ["list", "import", place("list.csv"), "--agency", "A", "--list-name", "l", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home]);
  const scanned = blindmatch("scan", place("evidence"), "--case", place("finished"), "--case-number", "OP-1", "--exhibit", "K/7", "--examiner", "X", "--allow-writable", "a test", "--no-perceptual", "--home", home, "--quiet");
  expect([0, 1]).toContain(scanned.status);
  for (const name of ["first", "second"]) ended(0, ["key", "new", place(name), "--no-passphrase"]);
  cpSync(place("finished"), place("sealed"), { recursive: true });
  ended(0, ["seal", place("sealed"), "--key", place("first")]);
});

describe("a signing key", () => {
  it("is its owner's alone, is never written over, and shows its public half from either file", () => {
    expect(statSync(place("first")).mode & 0o777).toBe(0o600);
    expect(ended(5, ["key", "new", place("first"), "--no-passphrase"]).err).toContain("a key is not replaced");
    const shown = ended(0, ["key", "show", place("first")]).out;
    expect(shown).toBe(readFileSync(place("first.pub"), "utf8"));
    expect(ended(0, ["key", "show", place("first.pub")]).out).toBe(shown);
    expect(shown).toMatch(/^untrusted comment: minisign public key [0-9A-F]{16}\nRW/);
  });

  it("that others may read, or that is none, is refused without a word of it", () => {
    copyFileSync(place("first"), place("open"));
    chmodSync(place("open"), 0o644);
    expect(ended(2, ["seal", newCase(), "--key", place("open")]).err).toContain("found mode 0644, expected a secret key that its owner alone may read");
    writeFileSync(place("none"), "not a key\n", { mode: 0o600 });
    const { err } = ended(2, ["seal", newCase(), "--key", place("none")]);
    expect(err).toMatch(/none:2: found the end, expected a minisign secret key of 2 lines/);
    expect(err).not.toContain("not a key");
  });
});

describe("a case that was not sealed", () => {
  it("is verified, and said not to be", () => {
    const out = verified(0, place("finished"), "--home", home);
    expect(out).toContain("note   case: not sealed");
    expect(out).toContain("list 1: A/l 1 is imported here, with the same SHA-256");
    expect(out.match(/made anew/g)).toHaveLength(3);
    expect(verified(5, place("finished"), "--public-key", place("first.pub"))).toContain("case: found no manifest, expected one signed by key");
  });

  it("is not sealed with a report that it does not know, a report less, or an altered record", () => {
    const strange = newCase();
    writeFileSync(join(strange, "report-7.csv"), "");
    expect(ended(5, ["seal", strange, "--key", place("first")]).err).toContain("report-7.csv: found reports that the record does not know");
    const less = newCase();
    rmSync(join(less, "report.csv"));
    expect(ended(5, ["seal", less, "--key", place("first")]).err).toContain("report.csv: found no such file");
    const none = newCase();
    expect(ended(5, ["seal", none, "--co-sign", "--key", place("first")]).err).toContain("expected a sealed case to co-sign");
    for (const unsealed of [strange, less, none]) expect(readdirSync(unsealed).filter((name) => name.startsWith("manifest"))).toEqual([]);
    expect(blindmatch("report", less, "--format", "jsonl").out).not.toContain('"sealed"');
  });
});

describe("a sealed case", () => {
  it("verifies with its key, and not with another one, or with none unless that is asked for (REQ-56)", () => {
    const out = verified(0, place("sealed"), "--public-key", place("first.pub"));
    expect(out).toMatch(/^ok {5}manifest\.json\.minisig: signed by key [0-9A-F]{16}: case OP-1, exhibit K\/7, chain head [0-9a-f]{64} at row \d+, sealed 20/);
    expect(out).toMatch(/everything that was checked holds\n$/);
    expect(verified(0, join(place("sealed"), "manifest.json"), "--public-key", place("first.pub"))).toContain("everything that was checked holds");
    expect(verified(5, place("sealed"), "--public-key", place("second.pub"))).toMatch(/WRONG {2}signatures of manifest\.json: found none by key [0-9A-F]{16} that holds/);
    expect(verified(5, place("sealed"))).toContain("found no public key to check them with, expected --public-key FILE");
    expect(verified(0, place("sealed"), "--without-signature")).toContain("its signature was not checked (--without-signature)");
    ended(2, ["verify", place("nowhere")]);
  });

  it("is not sealed again until something was added; then the second manifest covers the first", () => {
    const again = newCase("sealed");
    expect(ended(5, ["seal", again, "--key", place("first")]).err).toContain("nothing was added to it since");
    ended(0, ["report", again, "--format", "jsonl", "--all", "--output", join(again, "report-all.jsonl")]);
    expect(verified(5, again, "--public-key", place("first.pub"))).toContain("1 row of the record after the");
    expect(ended(5, ["seal", again, "--key", place("second")]).err).toContain("whose public key was not given, expected --sealed-by FILE");
    expect(ended(0, ["seal", again, "--key", place("second"), "--public-key", place("first.pub")]).out).toContain("it covers the seal before it: manifest.json, manifest.json.minisig");
    expect(verified(0, again, "--public-key", place("second.pub"))).toContain("manifest.json: the record's chain passes through its head");
    expect(readFileSync(join(again, "manifest-2.json"), "utf8")).toContain('"name": "manifest.json.minisig"');
  });

  it("has a second examiner's signature, once; either key alone verifies it", () => {
    const both = newCase("sealed");
    expect(ended(5, ["seal", both, "--co-sign", "--key", place("second")]).err).toContain("whose public key was not given, expected --sealed-by FILE");
    ended(0, ["seal", both, "--co-sign", "--key", place("second"), "--public-key", place("first.pub")]);
    for (const key of ["first", "second"]) expect(ended(5, ["seal", both, "--co-sign", "--key", place(key)]).err).toContain("already, expected one by another key");
    expect(verified(0, both, "--public-key", place("first.pub"), place("second.pub")).match(/^ok {5}manifest\.json\..*minisig: signed by key/gm)).toHaveLength(2);
    expect(verified(0, both, "--public-key", place("second.pub"))).toContain("manifest.json.minisig: signed by key");
    writeFileSync(join(both, "report.csv"), "altered");
    const third = join(folder, "third");
    ended(0, ["key", "new", third, "--no-passphrase"]);
    expect(ended(5, ["seal", both, "--co-sign", "--key", third, "--sealed-by", place("first.pub")]).err).toContain("report.csv: found 7 bytes");
  });

  it("knows each of its reports, wherever that is, and no other file", () => {
    const moved = place("moved.html");
    copyFileSync(join(place("sealed"), "report.html"), moved);
    expect(verified(0, moved, "--case", place("sealed"), "--public-key", place("first.pub"))).toMatch(/^ok {5}\S*moved\.html: the html report of row \d+/);
    expect(verified(0, join(place("sealed"), "report.html"), "--public-key", place("first.pub"))).toMatch(/^ok {5}\S*report\.html: the html report of row/);
    writeFileSync(moved, readFileSync(moved, "utf8").replace("OP-1", "OP-2"));
    expect(verified(5, moved, "--case", place("sealed"), "--public-key", place("first.pub"))).toContain("which no row of the record tells of");
    const other = newCase();
    ended(0, ["report", other, "--format", "csv", "--output", place("elsewhere.csv")]);
    expect(verified(0, place("elsewhere.csv"), "--case", other)).toContain("elsewhere.csv: the csv report");
  });
});

describe("a command that cannot be followed", () => {
  it("says that a report lies in no case, and that the case comes before the keys", () => {
    writeFileSync(place("alone.csv"), "x");
    expect(ended(2, ["verify", place("alone.csv")]).err).toContain("alone.csv: found no case around it, expected a report within its case folder; give --case DIR");
    expect(ended(2, ["verify", "--public-key", place("first.pub"), place("sealed")]).err).toContain("the case comes first: blindmatch verify CASE --public-key FILE...");
    expect(ended(2, ["seal", "--public-key", place("first.pub"), "--seal-to", "age1x", place("sealed")]).err).toContain("the case comes first: blindmatch seal CASE");
  });
});

describeWith("sha256sum and awk", has("sha256sum") && has("awk"), "a case that was compared with two lists", () => {
  it("is checked without this program by the README's command (REQ-57)", () => {
    const folder = newCase();
    writeFileSync(place("list2.csv"), "record_id,md5,category\nSYN-2,6b9164ad6f496d9dee12ec7634ce253f,1\n");
    ended(0, ["list", "import", place("list2.csv"), "--agency", "A", "--list-name", "m", "--list-version", "1", "--scale", "vic-us", "--accept-unsigned", "synthetic", "--home", home]);
    expect([0, 1]).toContain(blindmatch("rematch", folder, "--examiner", "X", "--no-perceptual", "--home", home, "--quiet").status);
    ended(0, ["seal", folder, "--key", place("first")]);
    ended(0, ["report", folder, "--format", "csv", "--output", join(folder, "report-9.csv")]);
    ended(0, ["seal", folder, "--key", place("first")]);
    const [, command = ""] = /^ {4}\$ (awk .*sha256sum -c)$/m.exec(readFileSync(join(import.meta.dirname, "../../README.md"), "utf8")) ?? [];
    for (const [manifest, reports] of [["manifest.json", 1], ["manifest-2.json", 2]] as const) {
      expect(readFileSync(join(folder, manifest), "utf8").match(/"agency"/g)?.length).toBeGreaterThan(1);
      // An earlier manifest has an earlier record.
      const named = command.replace("manifest.json", manifest);
      const checked = spawnSync("sh", ["-c", named], { cwd: folder });
      const files = JSON.parse(readFileSync(join(folder, manifest), "utf8")).files as { name: string }[];
      const text = files.map(({ name }) => `${name}: ${manifest === "manifest.json" && name === "record.sqlite" ? "FAILED" : "OK"}\n`).join("");
      expect(checked.stdout.toString()).toBe(text);
      expect(files.filter(({ name }) => name.startsWith("report") && name.endsWith(".csv")).length).toBeGreaterThanOrEqual(reports);
    }
  });
});

describeWith("minisign", has("minisign"), "a seal", () => {
  it("verifies with the stock program, which can make it as well (REQ-57)", () => {
    const args = ["-V", "-m", join(place("sealed"), "manifest.json"), "-p", place("first.pub")];
    expect(run("minisign", args).toString()).toContain("Trusted comment: case OP-1, exhibit K/7");
    run("minisign", ["-G", "-W", "-s", place("stock"), "-p", place("stock.pub")]);
    const folder = newCase();
    ended(0, ["seal", folder, "--key", place("stock")]);
    expect(verified(0, folder, "--public-key", place("stock.pub"))).toContain("everything that was checked holds");
  });
});

describeWith("openssl", has("openssl"), "a token", () => {
  const signing = (key: string): string => `t=$(mktemp -p '${folder}') && cat > "$t" && openssl pkeyutl -sign -rawin -inkey '${key}' -in "$t" && rm "$t"`;
  beforeAll(() => {
    run("openssl", ["genpkey", "-algorithm", "ed25519", "-out", place("token.pem")]);
    run("openssl", ["pkey", "-in", place("token.pem"), "-pubout", "-out", place("token-public.pem")]);
    writeFileSync(place("token.pub"), ended(0, ["key", "show", place("token-public.pem")]).out);
      });

  it("signs through a command; what fails leaves no signature, and the same command goes on", () => {
    const folder = newCase();
    const sealing = (command: string): string[] => ["seal", folder, "--sign-with", command, "--public-key", place("token.pub")];
    expect(ended(5, sealing("exit 3")).err).toContain("--sign-with: found that the command ended with status 3");
    expect(verified(5, folder)).toContain("manifest.json.minisig: found no such file");
    expect(ended(5, ["seal", folder, "--key", place("first")]).err).toContain("found a seal that was begun with key");
    ended(0, sealing(signing(place("token.pem"))));
    verified(0, folder, "--public-key", place("token.pub"));
    if (has("minisign")) run("minisign", ["-V", "-m", join(folder, "manifest.json"), "-p", place("token.pub")]);
  });
});

describeWith("age and tar", has("age") && has("age-keygen") && has("tar"), "a bundle", () => {
  it("opens with the stock programs, holds the sealed files and nothing else, and verifies", () => {
    for (const name of ["reader", "clerk"]) run("age-keygen", ["-o", place(`${name}.txt`)]);
    const recipients = ["reader", "clerk"].map((name) => run("age-keygen", ["-y", place(`${name}.txt`)]).toString().trim());
    const bundled = newCase();
    writeFileSync(join(bundled, "notes.txt"), "not ours");
    const out = ended(0, ["seal", bundled, "--key", place("first"), "--seal-to", ...recipients, "--bundle", place("bundle.tar.age")]).out;
    expect(out).toMatch(/bundle: .*bundle\.tar\.age, 6 files for 2 recipients, SHA-256 [0-9a-f]{64}\n$/);
    for (const name of ["reader", "clerk"]) {
      const target = place(`opened-${name}`);
      mkdirSync(target);
      run("tar", ["-x", "-C", target], run("age", ["-d", "-i", place(`${name}.txt`), place("bundle.tar.age")]));
      const [inner = ""] = readdirSync(target);
      expect(readdirSync(join(target, inner)).sort()).toEqual(["manifest.json", "manifest.json.minisig", "record.sqlite", "report.csv", "report.html", "report.jsonl"]);
      for (const file of readdirSync(join(target, inner))) expect(readFileSync(join(target, inner, file)).equals(readFileSync(join(bundled, file)))).toBe(true);
      if (name === "clerk") expect(verified(0, join(target, inner), "--public-key", place("first.pub"))).toContain("everything that was checked holds");
    }
    // Made of what is sealed already; never over another file, never of what does not verify.
    const [first = ""] = recipients;
    expect(ended(5, ["seal", bundled, "--public-key", place("first.pub"), "--seal-to", first, "--bundle", place("bundle.tar.age")]).err).toContain("it is not replaced");
    ended(0, ["seal", bundled, "--public-key", place("first.pub"), "--seal-to", first]);
    expect(existsSync(`${bundled}.tar.age`)).toBe(true);
    expect(ended(2, ["seal", bundled, "--seal-to", first, "--bundle", place("x.age")]).err).toContain("found no public key to verify the seal with");
    expect(ended(2, ["seal", bundled, "--public-key", place("first.pub"), "--seal-to", "age1nobody", "--bundle", place("x.age")]).err).toContain("expected the public key of a recipient");
    expect(ended(5, ["seal", bundled, "--public-key", place("second.pub"), "--seal-to", first, "--bundle", place("x.age")]).err).toContain("found none by key");
    expect(ended(6, ["seal", bundled, "--public-key", place("first.pub"), "--seal-to", first, "--bundle", place("evidence", "x.age")]).err).toContain("--bundle");
    expect(existsSync(place("x.age"))).toBe(false);
  });
});

describeWith("strace", has("strace"), "a seal that is killed", () => {
  // Every call that alters the folder, in turn; all of them with VERIFY=all.
  const calls = { "fsync,fdatasync": 14, "link,linkat": 6, "rename,renameat,renameat2": 4, "unlink,unlinkat": 9, "pwrite64,ftruncate": 12 };
  const points = process.env["VERIFY"] === "all" ? Object.entries(calls).flatMap(([call, count]) => Array.from({ length: count }, (_, nth) => [call, nth + 1])) : [["fsync,fdatasync", 8], ["link,linkat", 4], ["rename,renameat,renameat2", 2], ["unlink,unlinkat", 4], ["unlink,unlinkat", 5]];
  const killedAt = (call: string, nth: number): string => {
    const killed = newCase();
    const before = spawnSync("strace", ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=${nth}`, process.execPath, program, "seal", killed, "--key", place("first")]);
    if (before.status === 0) return "";
    expect(before.signal).toBe("SIGKILL");
    return killed;
  };

  it.each(points as [string, number][])("at %s number %i goes on with the same command, and no file is there in part", (call, nth) => {
    const killed = killedAt(call, nth);
    // Beyond the last call of that name.
    if (killed === "") return void expect(process.env["VERIFY"]).toBe("all");
    const manifest = join(killed, "manifest.json");
    if (existsSync(manifest)) expect(() => void JSON.parse(readFileSync(manifest, "utf8"))).not.toThrow();
    const again = blindmatch("seal", killed, "--key", place("first"));
    if (again.status !== 0) expect(again.err).toContain("the case is sealed and nothing was added to it since");
    expect(verified(0, killed, "--public-key", place("first.pub"))).toContain("everything that was checked holds");
    expect(readdirSync(killed).sort()).toEqual(["manifest.json", "manifest.json.minisig", "record.sqlite", "report.csv", "report.html", "report.jsonl"]);
  });
});

describeWith("root and mount", mayMount, "a case on a medium that cannot be written to", () => {
  it("verifies", () => {
    const medium = place("medium");
    cpSync(place("sealed"), medium, { recursive: true });
    run("mount", ["--bind", medium, medium]);
    run("mount", ["-o", "remount,ro,bind", medium]);
    expect(verified(0, medium, "--public-key", place("first.pub"))).toContain("everything that was checked holds");
    run("umount", [medium]);
  });
});

describeWith("script", has("script"), "a key with a passphrase", () => {
  it("signs once it was typed, and is never shown", async () => {
    // Kept with less work than usual, which its file states.
    const key = newSecretKey();
    writeFileSync(place("kept"), secretKeyText(key, "four synthetic words", { opslimit: 32_768n, memlimit: 16_777_216n }), { mode: 0o600 });
    const folder = newCase();
    expect(await atTerminal(["four synthetic wörds\r"], ["seal", folder, "--key", place("kept")])).toMatchObject({ status: 2, out: expect.stringContaining("the passphrase does not open it") });
    const sealing = await atTerminal(["four synthetic words\r"], ["seal", folder, "--key", place("kept")]);
    expect(sealing).toMatchObject({ status: 0, out: expect.stringContaining(`signed by key ${key.publicKey.keyId}`) });
    expect(sealing.out).not.toContain("synthetic words");
  });

  it("is made with one that was typed twice and is long enough", async () => {
    expect(await atTerminal(["short\r", "short\r"], ["key", "new", place("never")])).toMatchObject({ status: 2, out: expect.stringContaining("found 5 characters") });
    expect(await atTerminal(["four synthetic words\r", "five synthetic words\r"], ["key", "new", place("never")])).toMatchObject({ status: 2, out: expect.stringContaining("found two different ones") });
    expect(existsSync(place("never"))).toBe(false);
    if (process.env["VERIFY"] !== "all") return;
    expect((await atTerminal(["four synthetic words\r", "four synthetic words\r"], ["key", "new", place("typed")])).status).toBe(0);
    writeFileSync(place("content"), "x");
    run("minisign", ["-S", "-m", place("content"), "-s", place("typed")], "four synthetic words\n");
    run("minisign", ["-V", "-m", place("content"), "-p", place("typed.pub")]);
  });
});

describe("help", () => {
  it.each(["seal", "timestamp", "verify", "key"])("is there for %s", (command) => {
    expect(ended(0, [command, "--help"]).out).toMatch(/Usage: blindmatch[\s\S]*Exit statuses:/);
  });
});
