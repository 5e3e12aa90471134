import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join, relative } from "node:path";
import { systemProgram } from "../system-programs.ts";

/** What the program consists of, within its folder. Packages that it uses are told by their versions. */
const partsOfProgram = ["bin", "dist", "package.json"];

/**
 * SHA-256 that tells one build of the program from another, by its folder: over a line "digest, two spaces, path" per file, in the byte order of the paths,
 * as `find bin dist package.json -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum` writes them.
 */
export function programSha256(folder: string): string {
  const files = partsOfProgram.flatMap((part) => filesIn(join(folder, part))).map((file) => relative(folder, file));
  const lines = files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))).map((file) => `${createHash("sha256").update(readFileSync(join(folder, file))).digest("hex")}  ${file}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}

function filesIn(path: string): readonly string[] {
  const real = realpathSync(path);
  return lstatSync(real).isDirectory() ? readdirSync(path).flatMap((name) => filesIn(join(path, name))) : [path];
}

/** What bubblewrap says of its version; "absent" where readers cannot be confined by it. */
export function bubblewrapVersion(): string {
  const program = systemProgram("bwrap");
  return program === null ? "absent" : execFileSync(program, ["--version"], { encoding: "utf8", env: {} }).trim();
}
