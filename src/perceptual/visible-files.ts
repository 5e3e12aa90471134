import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Failure } from "../failure.ts";

/** A file or folder of this machine, and where a sandboxed program finds it. */
export interface Visible {
  readonly source: string;
  readonly at: string;
}

/** Where the program lies in its sandbox. */
export const programFolder = "/app";
export const libraryFolder = `${programFolder}/lib`;
export const nodeInside = `${programFolder}/node`;

/** Packages that a decoder imports; those that they need are found. */
const packages = ["sharp", "libheif-js"];

/** What the decoder imports from outside of its own folder. */
const besides = ["../kernels", "../model.js", "../failure.js", "../picture-facts.js"];

/** Libraries that Node has not loaded: of the decoding library, and of the program that gives up being root. Where they are missing nothing needs them. */
const furtherLibraries = ["libresolv.so.2", "libcap-ng.so.0"];

/** Where a compiled program of `perceptual/` lies in its sandbox. */
export function programInside(program: string): string {
  return `${programFolder}/dist/perceptual/${basename(program)}`;
}

/**
 * All that a decoder sees of this machine's files: its own program, Node, the packages and the libraries that these need. None of it is anybody's data.
 *
 * Shape:  `program` is the absolute path of a compiled entry file; its folder is seen whole. Packages are those that this program itself would import.
 * Errors: Failure("sandbox-unavailable") when a package is needed in two versions.
 */
export function visibleFiles(program: string): readonly Visible[] {
  const folder = dirname(program);
  const own = [".", ...besides].map((name) => ({ source: join(folder, name), at: join(dirname(programInside(program)), name) }));
  const manifest = { source: join(folder, "../../package.json"), at: join(programFolder, "package.json") };
  return [{ source: realpathSync(process.execPath), at: nodeInside }, ...[...own, manifest].filter(({ source }) => existsSync(source)), ...packageFolders(), ...libraries()];
}

/** Folders that have to exist so that something can be put there, outer ones first. */
export function foldersFor(visible: readonly Visible[]): readonly string[] {
  const folders = new Set<string>();
  for (const { at } of visible) for (let folder = dirname(at); folder !== "/"; folder = dirname(folder)) folders.add(folder);
  return [...folders].sort();
}

function packageFolders(): readonly Visible[] {
  const found = new Map<string, string>();
  const look = (name: string, from: string): void => {
    const folder = packageFolder(name, from);
    if (folder === null || [...found.values()].some((other) => folder.startsWith(`${other}/`))) return;
    const other = found.get(name);
    if (other === folder) return;
    if (other !== undefined) throw new Failure("sandbox-unavailable", `sandbox: package ${name} found in two places, expected one that all decoders' packages share; install again with npm ci`);
    found.set(name, folder);
    for (const needed of dependenciesOf(folder)) look(needed, join(folder, "package.json"));
  };
  for (const name of packages) look(name, import.meta.url);
  return [...found].map(([name, source]) => ({ source, at: `${programFolder}/node_modules/${name}` }));
}

/** Null for one that is not installed, such as the build of a library for another processor. */
function packageFolder(name: string, from: string): string | null {
  const place = createRequire(from).resolve.paths(name)?.find((folder) => existsSync(join(folder, name, "package.json")));
  return place === undefined ? null : realpathSync(join(place, name));
}

function dependenciesOf(folder: string): readonly string[] {
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  return Object.keys({ ...dependencies, ...optionalDependencies });
}

/** The libraries that Node itself runs with, each by its name in one folder; the loader where programs name it. */
function libraries(): readonly Visible[] {
  const { sharedObjects } = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  const loaded = sharedObjects.filter((path) => path.startsWith("/") && existsSync(path));
  const folders = [...new Set([...loaded.map((path) => dirname(path)), "/lib", "/usr/lib", "/lib64", "/usr/lib64"])];
  const further = furtherLibraries.flatMap((name) => folders.map((folder) => join(folder, name)).filter((path) => existsSync(path)).slice(0, 1));
  return [...loaded, ...further].map((source) => ({ source, at: basename(source).startsWith("ld-") ? source : join(libraryFolder, basename(source)) }));
}
