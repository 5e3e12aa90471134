import { randomBytes } from "node:crypto";
import { closeSync, constants, existsSync, fsyncSync, linkSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { syncFolder } from "./segment-folder.ts";
import { writeAll } from "./segment-writer.ts";

/**
 * Makes a file that only its owner may read (0600), synced to the medium; it has its name only when it is whole.
 *
 * Shape:  false when there is a file already, which is left as it is, also when another process made it in the meantime.
 * Errors: Failure("usage") when none can be made.
 */
export function makeSecretFile(path: string, text: string): boolean {
  const part = `${path}.${randomBytes(8).toString("hex")}.part`;
  try {
    writeWhole(part, text);
    linkSync(part, path);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown) ?? "unknown error";
    if (code === "EEXIST") return false;
    throw new Failure("usage", `${pathText(Buffer.from(path))}: found that nothing can be written there (${code}), expected a folder that you may write to, with room for a key`, thrown);
  } finally {
    rmSync(part, { force: true });
    if (existsSync(path)) syncFolder(dirname(path));
  }
}

/** Removes what processes that were killed left of making that file. Only while nobody makes it. */
export function removeUnfinishedSecret(path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  for (const found of readdirSync(folder)) if (found.startsWith(`${name}.`) && /^\.[0-9a-f]{16}\.part$/.test(found.slice(name.length))) rmSync(join(folder, found), { force: true });
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
