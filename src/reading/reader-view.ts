import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isWithin } from "../evidence/mount.ts";

/** Where systems keep their programs and libraries: nobody's data. The last says which libraries there are. */
const systemFolders = [
  ...["/bin", "/sbin", "/lib", "/lib32", "/lib64"].flatMap((folder) => [folder, `/usr${folder}`, `/usr/local${folder}`]),
  ...["/usr/libexec", "/nix/store", "/gnu/store", "/run/current-system", "/etc/ld.so.cache"],
];

/**
 * What a confined reader sees of this machine, each at its own place: the evidence, the program with its packages, Node, the system's programs and libraries. The
 * case, the lists and their key are not among it.
 *
 * Shape:  absolute paths as bytes, outer ones first, none within another. `program` is the absolute path of a compiled entry file, whose folder's parent is seen
 *         whole; `roots` are resolved.
 */
export function readerView(program: string, roots: readonly Uint8Array[]): readonly Buffer[] {
  const folder = dirname(dirname(program));
  const own = [folder, join(folder, "../package.json"), ...packageFolders(), realpathSync(process.execPath), ...loadedLibraries()];
  const seen = [...roots.map((root) => Buffer.from(root)), ...[...systemFolders, ...own].filter((path) => existsSync(path)).map((path) => Buffer.from(path))];
  const texts = [...new Set(seen.map((path) => path.toString("latin1")))].sort((one, other) => (one < other ? -1 : 1));
  return texts.filter((text) => !texts.some((outer) => outer !== text && isWithin(text, outer))).map((text) => Buffer.from(text, "latin1"));
}

/** The folders in which the program's packages were installed: where Node looks for them, and where links from there lead. */
function packageFolders(): readonly string[] {
  const { dependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
  const require = createRequire(import.meta.url);
  const folders = Object.keys(dependencies).flatMap((name) => {
    const folder = require.resolve.paths(name)?.find((place) => existsSync(join(place, name, "package.json")));
    return folder === undefined ? [] : [folder, realpathSync(folder), dirname(realpathSync(join(folder, name)))];
  });
  return [...new Set(folders)];
}

/** Libraries that Node has loaded from wherever they lie. */
function loadedLibraries(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  return sharedObjects.filter((path) => path.startsWith("/"));
}
