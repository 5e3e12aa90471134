import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "./failure.ts";

/**
 * Makes a private folder (0700 less the process's mask), and those above it that are missing.
 *
 * Shape: gives the topmost folder that was made; null when all were there.
 * Errors: the operating system's, ENOENT too, where nothing can be made in a folder that is there (/proc): Node's own `recursive` never returns from that.
 */
export function makeFolders(path: string): string | null {
  try {
    mkdirSync(path, { mode: 0o700 });
    return path;
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === "EEXIST" && statSync(path).isDirectory()) return null;
    if (code !== "ENOENT" || existsSync(dirname(path))) throw thrown;
    const topmost = makeFolders(dirname(path));
    return makeFolders(path) === null ? topmost : (topmost ?? path);
  }
}
