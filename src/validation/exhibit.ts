import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** One name of an exhibit as the kit makes it. Paths are bytes, from the root, names joined by "/". */
export type Planted = { readonly path: Buffer } & (
  | { readonly kind: "file"; readonly bytes: Buffer; readonly mode?: number }
  /** Zeros up to where the bytes stand, of which the disk holds none. */
  | { readonly kind: "sparse"; readonly zeroBytes: number; readonly bytes: Buffer }
  /** A further name of a file that was planted before. */
  | { readonly kind: "second-name"; readonly of: Buffer }
  | { readonly kind: "link"; readonly target: string }
);

/** Everything in one exhibit. */
export type Exhibit = readonly Planted[];

/** Writes an exhibit into a folder that is not there yet. */
export function writeExhibit(root: string, exhibit: Exhibit): void {
  const within = (path: Buffer): Buffer => Buffer.concat([Buffer.from(`${root}/`), path]);
  mkdirSync(root, { mode: 0o700 });
  for (const planted of exhibit) {
    const path = within(planted.path);
    mkdirSync(folderOf(path), { recursive: true });
    if (planted.kind === "file") writeFileSync(path, planted.bytes, { flag: "wx", mode: planted.mode ?? 0o644 });
    else if (planted.kind === "second-name") linkSync(within(planted.of), path);
    else if (planted.kind === "link") symlinkSync(planted.target, path);
    else {
      const descriptor = openSync(path, "wx");
      try {
        ftruncateSync(descriptor, planted.zeroBytes);
        writeSync(descriptor, planted.bytes, 0, planted.bytes.length, planted.zeroBytes);
      } finally {
        closeSync(descriptor);
      }
    }
  }
}

/** Content of every regular file of an exhibit by path (Latin-1, a character a byte), further names included. */
export function contentsOf(exhibit: Exhibit): ReadonlyMap<string, Exclude<Planted, { readonly kind: "link" | "second-name" }>> {
  const contents = new Map<string, Exclude<Planted, { readonly kind: "link" | "second-name" }>>();
  for (const planted of exhibit) {
    const first = planted.kind === "second-name" ? contents.get(planted.of.toString("latin1")) : planted.kind === "link" ? undefined : planted;
    if (first !== undefined) contents.set(planted.path.toString("latin1"), first);
  }
  return contents;
}

export function sizeOf(content: { readonly bytes: Buffer; readonly zeroBytes?: number }): number {
  return (content.zeroBytes ?? 0) + content.bytes.length;
}

/** A digest of what a file of an exhibit holds, lower-case hex, by Node's OpenSSL. */
export function digestOf(algorithm: "md5" | "sha1" | "sha256", content: { readonly bytes: Buffer; readonly zeroBytes?: number }): string {
  const digest = createHash(algorithm);
  const zeros = Buffer.alloc(1 << 20);
  for (let left = content.zeroBytes ?? 0; left > 0; left -= zeros.length) digest.update(zeros.subarray(0, Math.min(left, zeros.length)));
  return digest.update(content.bytes).digest("hex");
}

/** SHA-256 over names and contents of exhibits, in their order: what the same seed gives again. Zeros of sparse files count by their number. */
export function corpusSha256(exhibits: readonly Exhibit[]): string {
  const digest = createHash("sha256");
  const add = (part: Buffer | string): void => void digest.update(`${Buffer.byteLength(part)}:`).update(part);
  for (const planted of exhibits.flat()) {
    add(planted.path);
    add(planted.kind);
    if (planted.kind === "second-name") add(planted.of);
    else if (planted.kind === "link") add(planted.target);
    else {
      add(planted.kind === "sparse" ? `${planted.zeroBytes}` : "0");
      add(planted.bytes);
    }
  }
  return digest.digest("hex");
}

function folderOf(path: Buffer): Buffer {
  return Buffer.from(dirname(path.toString("latin1")), "latin1");
}
