import { randomBytes } from "node:crypto";
import { closeSync, constants, existsSync, fsyncSync, linkSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { syncFolder } from "./segment-folder.ts";
import { writeAll } from "./segment-writer.ts";

/** A file that is whole and on the medium, and has not got its name yet. Whoever begins one ends it by `abandon`, after `name` or instead of it. */
export interface UnnamedSecret {
  /**
   * Gives it its name.
   *
   * Shape:  false when there is a file of that name, which is left as it is, also when another process gave this very one its name.
   * Errors: Failure("usage") when it cannot be given.
   */
  name(): boolean;
  abandon(): void;
}

/** Writes a file that only its owner may read (0600), synced to the medium. Errors: Failure("usage") when none can be made. */
export function unnamedSecret(path: string, text: string): UnnamedSecret {
  const part = `${path}.${randomBytes(8).toString("hex")}.part`;
  const abandon = (): void => rmSync(part, { force: true });
  try {
    writeWhole(part, text);
  } catch (thrown) {
    abandon();
    throw unwritable(path, thrown);
  }
  return { name: () => nameSecret(part, path), abandon };
}

/** Gives a file of `unfinishedSecrets` the name that it was made for. As `UnnamedSecret.name`. */
export function nameSecret(part: string, path: string): boolean {
  try {
    linkSync(part, path);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === "EEXIST" || existsSync(path)) return false;
    throw unwritable(path, thrown);
  } finally {
    if (existsSync(path)) syncFolder(dirname(path));
  }
}

/** Paths of the files that were to get that name; a process that was killed while it wrote one left it in part. */
export function unfinishedSecrets(path: string): string[] {
  const [folder, name] = [dirname(path), basename(path)];
  return readdirSync(folder)
    .filter((found) => found.startsWith(`${name}.`) && /^\.[0-9a-f]{16}\.part$/.test(found.slice(name.length)))
    .map((found) => join(folder, found));
}

/** Only while nobody makes one. */
export function removeUnfinishedSecrets(path: string): void {
  for (const part of unfinishedSecrets(path)) rmSync(part, { force: true });
}

function unwritable(path: string, thrown: unknown): Failure {
  const code = systemCode(thrown) ?? "unknown error";
  return new Failure("usage", `${pathText(Buffer.from(path))}: found that nothing can be written there (${code}), expected a folder that you may write to, with room for a key`, thrown);
}

function writeWhole(path: string, text: string): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    writeAll(descriptor, Buffer.from(text, "utf8"), 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
