import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Operation, WriteOperation } from "./disk-operations.ts";
import { type Random, seededRandom } from "./random.ts";

/** What a disk holds for certain, and what was asked of it since. */
interface Disk {
  readonly contents: Map<number, { certain: Buffer; pending: WriteOperation[] }>;
  certainNames: ReadonlyMap<string, number>;
  pendingNames: NameOperation[];
}
type NameOperation = Extract<Operation, { readonly does: "name" | "rename" | "unlink" }>;

/** What becomes of what was not synced: each change of names is kept or lost, of each write these 512-byte sectors reach the medium. */
interface Fate {
  readonly keepsName: (operation: NameOperation) => boolean;
  readonly keepsSector: (operation: WriteOperation, sector: number) => boolean;
}

/** What a disk may hold after a cut. `files`: by path; null is a folder. `acknowledged`: what had been said by then. */
export interface CutState {
  readonly files: ReadonlyMap<string, Buffer | null>;
  readonly acknowledged: readonly string[];
  /** Which cut it is, in words. */
  readonly told: string;
}

const sectorBytes = 512;

/**
 * States of the disk after a power cut at each border between two operations.
 *
 * Shape: at each border all un-synced operations lost, all kept, `chances` random subsets, and `chances` with one write torn among others that are lost or kept
 *        by chance. A name is certain once its folder was synced, content once its file was. States that are equal and follow the same acknowledgements come once.
 */
export function* cutStates(operations: readonly Operation[], chances: number, seed: number): Generator<CutState> {
  const random = seededRandom(seed);
  const disk: Disk = { contents: new Map(), certainNames: new Map(), pendingNames: [] };
  const acknowledged: string[] = [];
  const seen = new Set<string>();
  for (const [index, operation] of operations.entries()) {
    if (operation.does === "say") {
      acknowledged.push(operation.text);
      seen.clear();
    } else take(disk, operation);
    for (const [name, fate] of fates(disk, chances, random)) {
      const files = filesAfter(disk, fate);
      const print = [...files].map(([path, bytes]) => `${path} ${bytes === null ? "" : bytes.toString("base64")}`).join("\n");
      if (seen.has(print)) continue;
      seen.add(print);
      yield { files, acknowledged: [...acknowledged], told: `cut after operation ${index} (${operation.does}), ${name}` };
    }
  }
}

/** Puts a state into a folder that is empty. */
export function writeState({ files }: Pick<CutState, "files">, folder: string): void {
  for (const [path, bytes] of files)
    if (bytes === null) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), bytes);
}

function* fates(disk: Disk, chances: number, random: Random): Generator<readonly [string, Fate]> {
  yield ["all lost", { keepsName: () => false, keepsSector: () => false }];
  yield ["all kept", { keepsName: () => true, keepsSector: () => true }];
  const writes = [...disk.contents.values()].flatMap(({ pending }) => pending);
  if (writes.length + disk.pendingNames.length === 0) return;
  for (let chance = 0; chance < chances; chance++) {
    const kept = new Set<Operation>([...writes, ...disk.pendingNames].filter(() => random(2) === 0));
    yield ["some kept", { keepsName: (name) => kept.has(name), keepsSector: (write) => kept.has(write) }];
    const torn = writes[random(Math.max(1, writes.length))];
    if (torn === undefined) continue;
    const others = random(3) === 0 ? new Set<Operation>(writes) : new Set<Operation>(writes.filter(() => random(2) === 0));
    yield ["one torn", { keepsName: (name) => kept.has(name), keepsSector: (write) => (write === torn ? random(2) === 0 : others.has(write)) }];
  }
}

function take(disk: Disk, operation: Exclude<Operation, { readonly does: "say" }>): void {
  if (operation.does === "write" || operation.does === "truncate") return void contentOf(disk, operation.node).pending.push(operation);
  if (operation.does === "sync") {
    const content = contentOf(disk, operation.node);
    content.certain = written(content.certain, content.pending, () => true);
    content.pending = [];
    return;
  }
  if (operation.does !== "sync-folder") return void disk.pendingNames.push(operation);
  // A rename counts for the folder of either name: ours never leave theirs.
  const isHere = (name: NameOperation): boolean => dirname(name.path) === operation.path;
  disk.certainNames = named(disk.certainNames, disk.pendingNames.filter(isHere));
  disk.pendingNames = disk.pendingNames.filter((name) => !isHere(name));
}

function contentOf(disk: Disk, node: number): { certain: Buffer; pending: WriteOperation[] } {
  const found = disk.contents.get(node) ?? { certain: Buffer.alloc(0), pending: [] };
  disk.contents.set(node, found);
  return found;
}

function filesAfter(disk: Disk, { keepsName, keepsSector }: Fate): Map<string, Buffer | null> {
  const names = named(disk.certainNames, disk.pendingNames.filter(keepsName));
  const files = new Map<string, Buffer | null>();
  for (const [path, node] of [...names].sort(([one], [other]) => (one < other ? -1 : 1))) {
    // What lies in a folder that was lost is lost with it.
    if (dirname(path) !== "." && !files.has(dirname(path))) continue;
    const content = disk.contents.get(node);
    files.set(path, node < 0 ? null : content === undefined ? Buffer.alloc(0) : written(content.certain, content.pending, keepsSector));
  }
  return files;
}

function named(names: ReadonlyMap<string, number>, operations: readonly NameOperation[]): ReadonlyMap<string, number> {
  const after = new Map(names);
  for (const operation of operations) {
    if (operation.does === "name") after.set(operation.path, operation.node);
    else after.delete(operation.path);
    if (operation.does === "rename") after.set(operation.to, operation.node);
  }
  return after;
}

function written(before: Buffer, operations: readonly WriteOperation[], keepsSector: Fate["keepsSector"]): Buffer {
  let bytes: Buffer = Buffer.from(before);
  const grownTo = (size: number): Buffer => (size <= bytes.length ? bytes : Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]));
  for (const operation of operations) {
    if (operation.does === "truncate") {
      if (keepsSector(operation, 0)) bytes = Buffer.from(grownTo(operation.sizeBytes).subarray(0, operation.sizeBytes));
      continue;
    }
    const end = operation.atBytes + operation.bytes.length;
    for (let at = operation.atBytes; at < end; ) {
      const next = Math.min(end, (Math.floor(at / sectorBytes) + 1) * sectorBytes);
      if (keepsSector(operation, Math.floor(at / sectorBytes))) {
        bytes = grownTo(next);
        operation.bytes.copy(bytes, at, at - operation.atBytes, next - operation.atBytes);
      }
      at = next;
    }
  }
  return bytes;
}
