import { type Attributes, attributesReply, entryReply, initReply, listedName, lookupName, opcodes, openReply, readRange, type Request, statfsReply } from "./fuse-protocol.ts";
import { contentOf, type ErrorCode, type FuseFile, type FuseFolder, type FuseManyFolder, type FuseNode, type FuseTree } from "./fuse-tree.ts";

/** What a request comes to. "never": the asking process hangs. "none": the kernel expects no reply to it. */
export type Answer = { readonly body: Buffer; readonly afterMs?: number } | { readonly error: ErrorCode } | "never" | "none";

// Node ids of the kernel: 1 is the root; entries of a made-up folder have the folder's id in the upper half.
const upperHalf = 2 ** 32;
const plainSeconds = 3600;

const fileTypes = { file: 0o100000, folder: 0o040000, many: 0o040000, link: 0o120000, fifo: 0o010000, socket: 0o140000, "character-device": 0o020000, "block-device": 0o060000 } as const;

/** What happened at a node so far. */
interface History {
  looks: number;
  opened: boolean;
  touched: boolean;
  grownBytes: number;
  listingFailed: boolean;
}

/** Answers the kernel's requests over a tree, one after the other. */
export function answersOver(tree: FuseTree): (request: Request) => Answer {
  const histories = new Map<number, History>();
  const names = new Map<number, ReadonlyMap<string, number>>();
  const links = new Map<number, number>();
  for (const node of tree) if (node.kind === "folder") for (const name of node.names) links.set(name.node + 1, (links.get(name.node + 1) ?? 0) + 1);

  const nodeAt = (id: number): FuseNode => {
    if (id < upperHalf) return tree[id - 1]!;
    const folder = tree[Math.floor(id / upperHalf) - 1] as FuseManyFolder;
    return folder.of === "folder" ? { kind: "folder", names: [] } : { kind: "file", sizeBytes: folder.sizeBytes, seed: id % upperHalf };
  };
  const historyOf = (id: number): History => {
    const history = histories.get(id) ?? { looks: 0, opened: false, touched: false, grownBytes: 0, listingFailed: false };
    // Without a fault nothing ever depends on it, and a million entries would fill it.
    if (id < upperHalf) histories.set(id, history);
    return history;
  };
  const childOf = (id: number, folder: FuseFolder | FuseManyFolder, name: string): number | undefined => {
    if (folder.kind === "many") {
      const number = Number(name.slice(folder.prefix.length));
      return name === manyName(folder, number) && number < folder.count ? id * upperHalf + number : undefined;
    }
    const known = names.get(id) ?? new Map(folder.names.map((named) => [named.name, named.node + 1]));
    names.set(id, known);
    return known.get(name);
  };
  const attributesOf = (id: number): Attributes => {
    const node = nodeAt(id);
    const { looks, touched, grownBytes } = historyOf(id);
    const real = node.kind === "file" ? node.sizeBytes + grownBytes : node.kind === "link" ? (node.target ?? "").length : 0;
    return {
      inode: node.statedInode !== undefined && looks > node.statedInode.afterLooks ? node.statedInode.inode : id,
      sizeBytes: node.statedSize !== undefined && looks > node.statedSize.afterLooks ? node.statedSize.sizeBytes : real,
      modifiedSeconds: (node.modifiedSeconds ?? 1_700_000_000) + (touched ? 1 : 0),
      mode: fileTypes[node.kind] | (fileTypes[node.kind] === fileTypes.folder ? 0o755 : 0o644),
      links: node.kind === "folder" || node.kind === "many" ? 2 : (links.get(id) ?? 1),
    };
  };
  const statusError = (id: number): ErrorCode | null => {
    const { lookError, openedStatusError } = nodeAt(id);
    const { looks, opened } = historyOf(id);
    if (lookError !== undefined && looks > lookError.afterLooks) return lookError.code;
    return opened ? (openedStatusError ?? null) : null;
  };
  const look = (parent: number, name: string): Answer => {
    const id = childOf(parent, nodeAt(parent) as FuseFolder | FuseManyFolder, name);
    if (id === undefined) return { error: "ENOENT" };
    historyOf(id).looks += 1;
    const error = statusError(id);
    return error === null ? { body: entryReply(id, attributesOf(id), validSeconds(nodeAt(id))) } : { error };
  };
  const list = (id: number, { offset, length }: { offset: number; length: number }, withStatus: boolean): Answer => {
    const folder = nodeAt(id) as FuseFolder | FuseManyFolder;
    if (folder.hangs === "listing") return "never";
    const history = historyOf(id);
    const failing = folder.listingError !== undefined && !(folder.listingError.once === true && history.listingFailed) ? folder.listingError : null;
    const isReversed = folder.listingError?.thenReversed === true && history.listingFailed;
    const end = folder.kind === "many" ? folder.count : folder.names.length;
    const pieces: Buffer[] = [];
    let used = 0;
    for (let at = offset; at < end || at === failing?.atEntry; at++) {
      if (at === failing?.atEntry) {
        if (used > 0) break;
        history.listingFailed = true;
        return { error: failing.code };
      }
      const nth = isReversed ? end - 1 - at : at;
      const child = folder.kind === "many" ? id * upperHalf + nth : folder.names[nth]!.node + 1;
      const node = nodeAt(child);
      const name = Buffer.from(folder.kind === "many" ? manyName(folder, nth) : folder.names[nth]!.name, "latin1");
      const type = folder.kindsUnknown === true ? 0 : fileTypes[node.kind] >> 12;
      const known = validSeconds(node) > 0 ? attributesOf(child) : null;
      const piece = [...(withStatus ? [entryReply(child, known, plainSeconds)] : []), listedName(child, at + 1, type, name)];
      const bytes = piece.reduce((sum, part) => sum + part.length, 0);
      if (used + bytes > length) break;
      pieces.push(...piece);
      used += bytes;
    }
    return { body: Buffer.concat(pieces) };
  };
  const open = (id: number): Answer => {
    const node = nodeAt(id);
    if (node.hangs === "opening") return "never";
    if (node.openError !== undefined) return { error: node.openError };
    historyOf(id).opened = true;
    return { body: openReply() };
  };

  return ({ opcode, node: id, body }) => {
    switch (opcode) {
      case opcodes.init:
        return { body: initReply(body) };
      case opcodes.lookup:
        return look(id, lookupName(body));
      case opcodes.getattr: {
        const error = statusError(id);
        return error === null ? { body: attributesReply(attributesOf(id), validSeconds(nodeAt(id))) } : { error };
      }
      case opcodes.readlink: {
        const node = nodeAt(id);
        return { body: Buffer.from("target" in node ? (node.target ?? "") : "", "latin1") };
      }
      case opcodes.open:
      case opcodes.opendir:
        return open(id);
      case opcodes.read:
        return read(nodeAt(id) as FuseFile, historyOf(id), readRange(body));
      case opcodes.readdir:
      case opcodes.readdirplus:
        return list(id, readRange(body), opcode === opcodes.readdirplus);
      case opcodes.flush: {
        const { closeError } = nodeAt(id);
        return closeError === undefined ? { body: Buffer.alloc(0) } : { error: closeError };
      }
      case opcodes.release:
      case opcodes.releasedir:
      case opcodes.destroy:
        return { body: Buffer.alloc(0) };
      case opcodes.statfs:
        return { body: statfsReply() };
      case opcodes.forget:
      case opcodes.batchForget:
      case opcodes.interrupt:
        return "none";
      default:
        return { error: "ENOSYS" };
    }
  };
}

function read(file: FuseFile, history: History, { offset, length }: { readonly offset: number; readonly length: number }): Answer {
  const { hangs, readError, grows, endsAtByte, slowMs, touchedByRead } = file;
  if (touchedByRead === true) history.touched = true;
  if (grows === true) history.grownBytes += length;
  if (hangs === "reading" || (typeof hangs === "object" && hangs.atByte >= offset && hangs.atByte < offset + length)) return "never";
  if (readError !== undefined && offset >= readError.fromByte && offset < readError.toByte) return { error: readError.code };
  const until = readError !== undefined && offset < readError.fromByte ? readError.fromByte : Infinity;
  const end = Math.min(offset + length, endsAtByte ?? file.sizeBytes + history.grownBytes, until);
  return { body: contentOf(file.seed, offset, Math.max(0, end - offset)), ...(slowMs === undefined ? {} : { afterMs: slowMs }) };
}

/** How long the kernel may remember a status: not at all where it changes. */
function validSeconds(node: FuseNode): number {
  const changes = node.lookError ?? node.openedStatusError ?? node.statedSize ?? node.grows ?? node.touchedByRead ?? node.statedInode;
  return changes === undefined ? plainSeconds : 0;
}

function manyName({ prefix }: FuseManyFolder, number: number): string {
  return `${prefix}${String(number).padStart(10, "0")}`;
}
