import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);

/** This program's version, from its package. */
export function ownVersion(): string {
  return versionIn(join(import.meta.dirname, "../../package.json")) ?? "unknown";
}

/** Everything whose version can alter a result, by name. Shape: "absent" for what is not installed. */
export function versions(): Record<string, string> {
  return {
    blindmatch: ownVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    platform: `${process.platform}-${process.arch}`,
    sharp: packageVersion("sharp"),
    libvips: libvipsVersion(),
    "libheif-js": packageVersion("libheif-js"),
    "near kernel": kernelSha256("near"),
    "pdq kernel": kernelSha256("pdq"),
    "md5 kernel": kernelSha256("md5"),
    "better-sqlite3": packageVersion("better-sqlite3"),
    "@napi-rs/blake-hash": packageVersion("@napi-rs/blake-hash"),
    blake3: packageVersion("blake3"),
  };
}

/** What the kernels were compiled to decides results as a version does. */
function kernelSha256(name: string): string {
  return createHash("sha256").update(readFileSync(join(import.meta.dirname, `../kernels/${name}.wasm`))).digest("hex");
}

function packageVersion(name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const version = versionIn(join(folder, name, "package.json"));
    if (version !== null) return version;
  }
  return "absent";
}

function libvipsVersion(): string {
  for (const libc of ["linux", "linuxmusl"]) {
    const name = `@img/sharp-libvips-${libc}-${process.arch}`;
    for (const folder of require.resolve.paths(name) ?? []) {
      const found = readJson(join(folder, name, "versions.json"));
      if (typeof found?.["vips"] === "string") return found["vips"];
    }
  }
  return "absent";
}

function versionIn(file: string): string | null {
  const version = readJson(file)?.["version"];
  return typeof version === "string" ? version : null;
}

function readJson(file: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch {
    return null;
  }
}

