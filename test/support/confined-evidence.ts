import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll } from "vitest";
import type { Confinement } from "../../src/isolation.ts";
import { temporaryFolder } from "./folder.ts";

/** Where evidence lies that readers are confined to, what they must not see, and whatever else a test makes. */
export const folder: string = temporaryFolder();
/** The built program. */
export const dist: string = resolve(import.meta.dirname, "../../dist");
/** The real reader. */
export const readerProgram: string = join(dist, "cli/reader-process.js");
export const isRoot: boolean = process.getuid?.() === 0;
/** The strongest way that whoever runs the tests may ask for. */
export const confinement: Confinement = isRoot ? "nobody" : "read-only";
/** A root with a file that everybody may write to (`open`) and one that its owner alone may read (`closed/own`). */
export const evidence: string = join(folder, "evidence");
/** What a case or the lists are to a reader: a folder that it must not see, with a key. */
export const secret: string = join(folder, "home");

/** Body of `attempts`: everything that alters a file or a folder, below a root that everybody may write to. */
export const altering: string = `
  const at = (name) => request.evidence + "/" + name;
  const errors = {};
  const note = async (name, attempt) => { errors[name] = await tried(attempt); };
  await note("write", () => fs.writeFileSync(at("open"), "x", { flag: "r+" }));
  await note("append", () => fs.appendFileSync(at("open"), "x"));
  await note("truncate", () => fs.truncateSync(at("open"), 0));
  await note("create", () => fs.writeFileSync(at("new"), "x", { flag: "wx" }));
  await note("make a folder", () => fs.mkdirSync(at("folder")));
  await note("remove", () => fs.unlinkSync(at("open")));
  await note("rename", () => fs.renameSync(at("open"), at("other")));
  await note("link", () => fs.linkSync(at("open"), at("other")));
  await note("make a symbolic link", () => fs.symlinkSync("open", at("other")));
  await note("change rights", () => fs.chmodSync(at("open"), 0o600));
  await note("change times", () => fs.utimesSync(at("open"), 1, 1));
  return errors;`;

beforeAll(() => {
  // Everybody may write here: what refuses is the view, not the rights.
  chmodSync(folder, 0o755);
  mkdirSync(evidence);
  chmodSync(evidence, 0o777);
  writeFileSync(join(evidence, "open"), "content");
  chmodSync(join(evidence, "open"), 0o666);
  mkdirSync(join(evidence, "closed"), { mode: 0o700 });
  writeFileSync(join(evidence, "closed/own"), "of its owner", { mode: 0o600 });
  mkdirSync(secret);
  writeFileSync(join(secret, "key"), "a key");
});
