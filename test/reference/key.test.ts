import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { finishKeyFile, newKeyFile, readKeyFile } from "../../src/reference/key.ts";
import { keyFromPassphrase } from "../../src/reference/passphrase.ts";
import { temporaryFolder } from "../support/folder.ts";
import { key } from "./synthetic-list.ts";

const folder = temporaryFolder();
let files = 0;
const newPath = (): string => join(folder, `key-${files++}`);
const usage = (text: string) => expect.objectContaining({ code: "usage", message: expect.stringContaining(text) });

function fileWith(content: string | Uint8Array, mode = 0o600): string {
  const path = newPath();
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe("a key file", () => {
  it("holds the key raw, in hex digits or in base64, with or without a newline", () => {
    const bytes = Buffer.from(key);
    const hex = bytes.toString("hex");
    for (const content of [key, hex, `${hex}\n`, `${hex.toUpperCase()}\r\n`, bytes.toString("base64"), `${bytes.toString("base64")}\n`, bytes.toString("base64").replace("=", "")])
      expect(Buffer.from(readKeyFile(fileWith(content)))).toEqual(bytes);
    expect(Buffer.from(readKeyFile(fileWith(key, 0o400)))).toEqual(bytes);
    const link = newPath();
    symlinkSync(fileWith(key), link);
    expect(Buffer.from(readKeyFile(link))).toEqual(bytes);
  });

  it("is refused when it holds anything else, without telling what", () => {
    const hex = Buffer.from(key).toString("hex");
    for (const content of ["", "a", key.subarray(1), Buffer.concat([key, key]), `${hex}0`, hex.slice(1), `0x${hex}`, `${hex} ${hex}`, "z".repeat(64), new Uint8Array(5000).fill(65)]) {
      const path = fileWith(content);
      expect(() => readKeyFile(path)).toThrow(usage("expected"));
      try {
        readKeyFile(path);
      } catch (thrown) {
        expect(String(thrown)).not.toContain(hex.slice(0, 8));
      }
    }
    expect(() => readKeyFile(fileWith(new Uint8Array(32)))).toThrow(usage("one repeated byte"));
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o666])("is refused when group or others may use it (%o), saying what to run", (mode) => {
    expect(() => readKeyFile(fileWith(key, mode))).toThrow(usage("chmod 600"));
  });

  it("is refused when it is missing, a folder, or a fifo that nobody writes to", () => {
    expect(() => readKeyFile(newPath())).toThrow(usage("ENOENT"));
    const place = newPath();
    mkdirSync(place, { mode: 0o700 });
    expect(() => readKeyFile(place)).toThrow(usage("no regular file"));
    const fifo = newPath();
    execFileSync("mkfifo", ["-m", "600", fifo]);
    expect(() => readKeyFile(fifo)).toThrow(usage("no regular file"));
  });

  it.runIf(process.geteuid?.() === 0)("is refused when another user owns it", () => {
    const path = fileWith(key);
    chownSync(path, 12345, 12345);
    expect(() => readKeyFile(path)).toThrow(usage("another user"));
  });
});

function makeKeyFile(path: string): boolean {
  const made = newKeyFile(path);
  try {
    return made.name();
  } finally {
    made.abandon();
  }
}

describe("making a key file", () => {
  it("gives a new key that can be read, to its owner alone", () => {
    const paths = [newPath(), newPath()];
    for (const path of paths) expect(makeKeyFile(path)).toBe(true);
    const [first, second] = paths.map((path) => Buffer.from(readKeyFile(path)).toString("hex"));
    expect(first).not.toBe(second);
    expect(statSync(paths[0]!).mode & 0o777).toBe(0o600);
  });

  it("never touches a file that is there", () => {
    const path = fileWith("something else");
    expect(makeKeyFile(path)).toBe(false);
    expect(readFileSync(path, "utf8")).toBe("something else");
    const link = newPath();
    symlinkSync(newPath(), link);
    expect(makeKeyFile(link)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(() => makeKeyFile(join(folder, "none", "key"))).toThrow(usage("ENOENT"));
  });

  it("leaves nothing when it is given up before it has its name", () => {
    const path = newPath();
    newKeyFile(path).abandon();
    expect(readdirSync(folder).filter((name) => join(folder, name).startsWith(path))).toEqual([]);
  });

  it("that was cut off before it had its name is finished with the key that fits, and no other", () => {
    const path = newPath();
    const [one, other] = [newKeyFile(path), newKeyFile(path)];
    writeFileSync(`${path}.0123456789abcdef.part`, "half", { mode: 0o600 });
    finishKeyFile(path, () => false);
    expect(() => readKeyFile(path)).toThrow(usage("ENOENT"));
    finishKeyFile(path, (found) => Buffer.compare(found, other.key) === 0);
    expect(readKeyFile(path)).toEqual(other.key);
    // What another process has named by now is no fault.
    expect([one.name(), other.name()]).toEqual([false, false]);
    other.abandon();
    expect(other.name()).toBe(false);
    expect(readKeyFile(path)).toEqual(other.key);
  });
});

describe("a key from a passphrase", () => {
  const salt = Uint8Array.from({ length: 16 }, (_, at) => at);

  it("is what scrypt gives at N=2^17, r=8, p=1", () => {
    const expected = scryptSync("correct horse", salt, 32, { N: 131072, r: 8, p: 1, maxmem: 2 ** 28 });
    expect(Buffer.from(keyFromPassphrase("correct horse", salt))).toEqual(expected);
  });

  it("differs by passphrase and salt, and not by how a letter is composed", () => {
    const hex = (passphrase: string, by = salt): string => Buffer.from(keyFromPassphrase(passphrase, by)).toString("hex");
    expect(new Set([hex("a"), hex("A"), hex("a "), hex("a", salt.map((byte) => byte ^ 1))]).size).toBe(4);
    expect(hex("Schl\u00fcssel")).toBe(hex("Schlu\u0308ssel"));
  });

  it("is refused without a passphrase or with a short salt", () => {
    expect(() => keyFromPassphrase("", salt)).toThrow(usage("passphrase"));
    expect(() => keyFromPassphrase("a", salt.subarray(1))).toThrow(RangeError);
  });
});
