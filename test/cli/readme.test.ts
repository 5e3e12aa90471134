import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { exitStatuses, outcomeStatuses } from "../../src/failure.ts";
import { formats as listFormats } from "../../src/lists/formats.ts";
import { formats as reportFormats } from "../../src/reports/formats.ts";
import { blindmatch, program } from "../support/blindmatch.ts";
import { ext4Exhibit } from "../support/ext4.ts";
import { fillExhibit } from "../support/exhibit.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const readme = readFileSync("README.md", "utf8");

/** The commands of the README's session, each with the lines printed under it. */
function session(): { readonly command: string; readonly printed: readonly string[] }[] {
  const section = readme.slice(readme.indexOf("## A session"), readme.indexOf("## Commands"));
  const lines = section.split("\n").filter((line) => line.startsWith("    ") || line === "");
  const found: { command: string; printed: string[] }[] = [];
  for (const line of lines) {
    if (line === "    $ echo $?") continue;
    if (line.startsWith("    $ ")) found.push({ command: line.slice(6), printed: [] });
    else if (line === "" || found.length === 0) continue;
    else found.at(-1)!.printed.push(line.slice(4));
  }
  return found.filter(({ command }) => command.startsWith("blindmatch "));
}

/** The agency's list with one more row: a document of the exhibit. */
function withNote(vicsList: string, bytes: Buffer): string {
  const digest = (name: string): string => createHash(name).update(bytes).digest("hex").toUpperCase();
  const list = JSON.parse(vicsList) as { value: object[] };
  list.value.push({ MediaID: "SYN-0013", Category: 1, MD5: digest("md5"), SHA1: digest("sha1"), MediaSize: bytes.length });
  return JSON.stringify(list);
}

describeWith("root, losetup and mkfs.ext4", mayMount, "the README's session", () => {
  const folder = temporaryFolder();

  it("prints what the README says, on an exhibit like the README's", async () => {
    const staged = join(folder, "staged");
    mkdirSync(staged);
    const planted = await fillExhibit(staged, 200);
    const { mounted } = ext4Exhibit(folder, 64, (root) => run("cp", ["-a", `${staged}/.`, root]));
    writeFileSync(join(folder, "agency-2026-11.json"), planted.vicsList);
    writeFileSync(join(folder, "agency-pdq-2026-11.csv"), planted.pdqList);
    writeFileSync(join(folder, "agency-2026-12.json"), withNote(planted.vicsList, readFileSync(join(staged, "Users/ann/Documents/1/1/note 1.txt"))));
    symlinkSync(program, join(folder, "blindmatch"));
    const commands = session();
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const { command, printed } of commands) {
      const ended = spawnSync("sh", ["-c", command.replaceAll("/mnt/exhibit-7", mounted)], {
        cwd: folder,
        env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, BLINDMATCH_HOME: join(folder, "home") },
      });
      const out = ended.stdout.toString().replaceAll(folder, "");
      const status = printed.find((line) => /^\d+$/.test(line));
      expect(out.split("\n").filter(Boolean), ended.stderr.toString()).toEqual(printed.filter((line) => line !== status && !/unread 0$/.test(line)));
      expect(ended.status).toBe(Number(status ?? 0));
    }
  });
});

describe("npm run demo", () => {
  const asRoot = process.getuid?.() === 0;
  it.each(asRoot ? [0, 65_534] : [process.getuid?.() ?? 0])("finds everything planted and ends with 0, as user %i", (uid) => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const { scripts } = JSON.parse(readFileSync(resolve("package.json"), "utf8")) as { scripts: Record<string, string> };
    expect(scripts["demo"]).toMatch(/tsx test\/demo\/demo\.ts$/);
    const ended = spawnSync(process.execPath, [resolve("node_modules/tsx/dist/cli.mjs"), resolve("test/demo/demo.ts"), join(folder, "demo")], {
      env: { ...process.env, HOME: folder, TMPDIR: folder },
      ...(asRoot ? { uid, gid: uid } : {}),
    });
    const out = ended.stdout.toString();
    expect(ended.status, out + ended.stderr.toString()).toBe(0);
    expect(out).not.toContain("FAIL");
    expect(out).toMatch(/report: .*report\.html/);
    if (uid !== 0) expect(out).toContain("the unreadable file is reported as unread");
  });
});

describe("the README", () => {
  it("names every exit status, every list format's reader, every report format and every option", () => {
    for (const status of new Set([...Object.values(exitStatuses), ...Object.values(outcomeStatuses)])) expect(readme).toMatch(new RegExp(`^\\| ${status} \\|`, "m"));
    for (const { name } of reportFormats) expect(readme).toContain(name);
    for (const { name, describes } of listFormats) expect(readme).toContain(`| \`${name}\` | ${describes} |`);
    for (const command of [["scan"], ["rematch"], ["report"], ["list", "import"], ["list", "trust"], ["list", "drop"], ["seal"], ["verify"], ["timestamp"], ["key", "new"], ["selftest"]]) {
      const options = blindmatch(...command, "--help").out.match(/--[a-z-]+/g) ?? [];
      for (const option of options) if (option !== "--help") expect(readme, `${command.join(" ")} ${option}`).toContain(option);
    }
  });

  it.each(["", "scan", "rematch", "report", "selftest", "seal", "timestamp", "verify", "key", "key new", "key show", "list", "list import", "list diff", "list ls", "list show", "list verify", "list drop", "list trust"])("has its exit statuses, variables and files in the help as well: %s", (command) => {
    const { out } = blindmatch(...command.split(" ").filter(Boolean), "--help");
    for (const status of new Set([...Object.values(exitStatuses), ...Object.values(outcomeStatuses)])) expect(out).toMatch(new RegExp(`^ +${status}  \\S`, "m"));
    for (const words of ["BLINDMATCH_HOME", "BLINDMATCH_KEY_FILE", ...(command === "" ? [] : ["\nWrites "])]) expect(out).toContain(words);
    expect(out.match(/Exit statuses:/g)).toHaveLength(1);
  });

  it("has the two set-up commands that package.json knows", () => {
    expect(readme).toContain("npm ci && npm run demo");
    expect(readme).toContain("npm ci && npm test");
    const { scripts } = JSON.parse(readFileSync(resolve("package.json"), "utf8")) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["demo", "test"]));
  });
});
