import { lstatSync } from "node:fs";
import type { PlannedEntry } from "../../src/model.ts";

/** A planned entry for a file that really lies below a root. */
export function entryFor(root: string | Uint8Array, path: string | Uint8Array, no = 0): PlannedEntry {
  const status = lstatSync(Buffer.concat([Buffer.from(root), Buffer.from("/"), Buffer.from(path)]), { bigint: true });
  return {
    no,
    sameAs: null,
    path: typeof path === "string" ? Buffer.from(path) : path,
    kind: status.isSymbolicLink() ? "link" : "file",
    sizeBytes: Number(status.size),
    device: status.dev,
    inode: status.ino,
    links: Number(status.nlink),
    mode: Number(status.mode),
    modifiedNs: status.mtimeNs,
    changedNs: status.ctimeNs,
    accessedNs: status.atimeNs,
    createdNs: status.birthtimeNs,
    unread: null,
    errorCode: null,
  };
}
