import { separator } from "./open-path.ts";

/**
 * Folders that were found and are still to be listed; the one found last comes first.
 *
 * They are packed, and the names of one folder share its path: a million of them in one folder, however deep, cost little more than their names.
 */
export interface PendingFolders {
  push(parent: Uint8Array, name: Uint8Array): void;
  /** Path of the folder to list next. */
  pop(): Uint8Array | undefined;
}

/** Names in one folder, each followed by its length. */
interface Siblings {
  readonly parent: Uint8Array;
  names: Buffer;
  used: number;
}

// A length of 16 bits: no file system has names above 64 KiB.
const lengthBytes = 2;

export function pendingFolders(): PendingFolders {
  const all: Siblings[] = [];
  return {
    push(parent, name) {
      const last = all[all.length - 1];
      const siblings = last?.parent === parent ? last : { parent, names: Buffer.alloc(64), used: 0 };
      if (siblings !== last) all.push(siblings);
      const used = siblings.used + name.length + lengthBytes;
      if (used > siblings.names.length) siblings.names = Buffer.concat([siblings.names], Math.max(used, 2 * siblings.names.length));
      siblings.names.set(name, siblings.used);
      siblings.names.writeUInt16LE(name.length, used - lengthBytes);
      siblings.used = used;
    },
    pop() {
      const siblings = all[all.length - 1];
      if (siblings === undefined) return undefined;
      const end = siblings.used - lengthBytes;
      siblings.used = end - siblings.names.readUInt16LE(end);
      if (siblings.used === 0) all.pop();
      return pathBelow(siblings.parent, siblings.names.subarray(siblings.used, end));
    },
  };
}

/** A new path: it shares no memory with the name. */
export function pathBelow(parent: Uint8Array, name: Uint8Array): Buffer {
  if (parent.length === 0) return Buffer.from(name);
  const path = Buffer.allocUnsafe(parent.length + 1 + name.length);
  path.set(parent);
  path[parent.length] = separator;
  path.set(name, parent.length + 1);
  return path;
}
