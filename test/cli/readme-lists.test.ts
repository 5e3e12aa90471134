import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { program } from "../support/blindmatch.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, has, run } from "../support/tools.ts";

const readme = readFileSync("README.md", "utf8");
const folder = temporaryFolder();
const inFolder = (name: string): string => join(folder, name);

/** The commands of the README's section on lists, each with the lines printed under it. */
function commands(): { readonly command: string; readonly printed: readonly string[] }[] {
  const section = readme.slice(readme.indexOf("## Lists"), readme.indexOf("\n## ", readme.indexOf("## Lists")));
  const found: { command: string; printed: string[] }[] = [];
  for (const line of section.split("\n").filter((text) => text.startsWith("    "))) {
    if (line.startsWith("    $ ")) found.push({ command: line.slice(6), printed: [] });
    else found.at(-1)!.printed.push(line.slice(4));
  }
  return found;
}

function list(name: string): string {
  const digest = (algorithm: string, row: number): string => createHash(algorithm).update(`synthetic ${name} ${row}`).digest("hex");
  return `record_id,md5,sha1,category\n${Array.from({ length: 12 }, (_, row) => `SYN-${row},${digest("md5", row)},${digest("sha1", row)},${1 + (row % 2)}\n`).join("")}`;
}

/** Signs a list with a new key; gives the key's id as the program prints it. */
function signed(file: string, key: string, comment: string): string {
  run("minisign", ["-G", "-W", "-f", "-p", inFolder(`${key}.pub`), "-s", inFolder(`${key}.key`)]);
  run("minisign", ["-S", "-W", "-s", inFolder(`${key}.key`), "-m", inFolder(file), "-t", comment]);
  const [, line = ""] = readFileSync(inFolder(`${key}.pub`), "utf8").split("\n");
  return Buffer.from(line, "base64").subarray(2, 10).reverse().toString("hex").toUpperCase();
}

describeWith("minisign and age", has("minisign") && has("age-keygen"), "the README's section on lists", () => {
  it("prints what the README says, with lists and keys like the README's", { timeout: 60_000 }, () => {
    for (const file of ["agency-2026-12.csv", "stills-2026-12.csv"]) writeFileSync(inFolder(file), list(file));
    const keyIds = {
      "0123456789ABCDEF": signed("agency-2026-12.csv", "agency", "agency Synthetic Agency, list notable, version 2026-12, kind notable"),
      FEDCBA9876543210: signed("stills-2026-12.csv", "other", "agency Other Agency, list stills, version 2026-12, kind notable"),
    };
    run("age-keygen", ["-o", inFolder("identity.txt")]);
    run("age", ["-r", readFileSync(inFolder("identity.txt"), "utf8").match(/age1[a-z0-9]+/)![0], "-o", inFolder("encrypted-2026-12.csv.age")], list("encrypted"));
    symlinkSync(program, inFolder("blindmatch"));
    const stated = commands();
    expect(stated.map(({ command }) => command.split(" ").slice(0, 3).join(" "))).toEqual(["blindmatch list trust", "blindmatch list import", "blindmatch list import", "blindmatch list import", "blindmatch list verify"]);
    for (const { command, printed } of stated) {
      const ended = spawnSync("sh", ["-c", command], { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, BLINDMATCH_HOME: inFolder("home") } });
      const expected = Object.entries(keyIds).reduce((text, [inReadme, keyId]) => text.replaceAll(inReadme, keyId), printed.join("\n"));
      expect(ended.stdout.toString(), ended.stderr.toString()).toBe(`${expected}\n`);
      expect(ended.status).toBe(0);
    }
  });

  it("is told of exit statuses by --help in the very words of the README's table", () => {
    const [, section = ""] = readme.split("\n## Exit statuses\n");
    const rows = [...section.split("\n## ", 1)[0]!.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, status, words]) => `${status} ${words}`);
    expect(rows.length).toBeGreaterThan(8);
    for (const command of [[], ["list"], ["scan"]]) {
      const help = spawnSync(process.execPath, [program, ...command, "--help"]).stdout.toString().replaceAll(/[ \t]+/g, " ");
      for (const row of rows) expect(help.split("\n").map((line) => line.trim())).toContain(row);
    }
  });
});
