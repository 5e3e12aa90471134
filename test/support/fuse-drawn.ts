import type { Random } from "./random.ts";
import type { ErrorCode, Faults, FuseFile, FuseFolder, FuseNode, FuseTree } from "./fuse-tree.ts";

/** A tree with random faults, and what a scan must say of every path in it. */
export interface DrawnFaults {
  readonly tree: FuseTree;
  readonly faults: number;
  /** Shape: "right" for a file that must have its digests, else "REASON CODE"; `file` is null for what is no file that was drawn. */
  readonly expected: ReadonlyMap<string, { readonly said: string; readonly file: FuseFile | null }>;
}

type Drawn = readonly [faults: Faults, said: string];

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random(items.length)]!;

/** One way to fail for a file of that size (at least 2 bytes), and what it must come to. */
function fileFault(random: Random, sizeBytes: number): Drawn {
  const code: ErrorCode = pick(random, ["EIO", "EUCLEAN", "ENODATA", "ETIMEDOUT"]);
  const at = pick(random, [0, sizeBytes - 1, random(sizeBytes)]);
  return pick<() => Drawn>(random, [
    () => [{ readError: { code, fromByte: at, toByte: at + 1 + random(sizeBytes) } }, `io ${code}`],
    () => [{ readError: { code: "ESTALE", fromByte: at, toByte: sizeBytes } }, "vanished ESTALE"],
    () => [{ lookError: { afterLooks: 0, code } }, `io ${code}`],
    () => [{ lookError: { afterLooks: 0, code: "EACCES" } }, "permission EACCES"],
    () => [{ lookError: { afterLooks: 1, code: "ENOENT" } }, "vanished ENOENT"],
    () => [{ lookError: { afterLooks: 1, code } }, `io ${code}`],
    () => [{ openError: code }, `io ${code}`],
    () => [{ openError: "EACCES" }, "permission EACCES"],
    () => [{ openError: "EPERM" }, "permission EPERM"],
    () => [{ openError: "ESTALE" }, "vanished ESTALE"],
    () => [{ openedStatusError: code }, `io ${code}`],
    () => [{ endsAtByte: random(sizeBytes) }, "short null"],
    () => [{ grows: true }, "changed null"],
    () => [{ touchedByRead: true }, "changed null"],
    () => [{ statedSize: { afterLooks: 1, sizeBytes: sizeBytes + 1 } }, "changed null"],
    () => [{ statedSize: { afterLooks: 0, sizeBytes: 2 ** 40 } }, "short null"],
    () => [{ statedSize: { afterLooks: 0, sizeBytes: 2 ** 60 } }, "implausible-size null"],
    () => [{ statedInode: { afterLooks: 1, inode: 123_456_789 } }, "changed null"],
  ])();
}

/** One way to fail for a folder: what it must come to, and how many of its names are still found. */
function folderFault(random: Random, names: number): readonly [faults: Faults, said: string, found: number] {
  const code: ErrorCode = pick(random, ["EIO", "EUCLEAN"]);
  const atEntry = random(names + 1);
  return pick(random, [
    [{ listingError: { code, atEntry } }, `not-listed ${code}`, atEntry] as const,
    [{ openError: code }, `not-listed ${code}`, 0] as const,
    [{ openError: "EACCES" }, "permission EACCES", 0] as const,
    [{ lookError: { afterLooks: 1, code: "ENOENT" } }, "not-listed ENOENT", 0] as const,
    [{ lookError: { afterLooks: 0, code } }, `io ${code}`, 0] as const,
    [{ openedStatusError: code }, `not-listed ${code}`, 0] as const,
  ]);
}

/** Folders of small files with as many faults in them as asked for, and beside them as many folders with faults of their own. */
export function drawFaultyTree(random: Random, size: { readonly folders: number; readonly filesPerFolder: number; readonly fileFaults: number; readonly folderFaults: number }): DrawnFaults {
  const nodes: FuseNode[] = [];
  const add = (node: FuseNode): number => nodes.push(node) - 1;
  const expected = new Map<string, { readonly said: string; readonly file: FuseFile | null }>();
  const names: { name: string; node: number }[] = [];
  add({ kind: "folder", names });
  const total = size.folders * size.filesPerFolder;
  const faulty = new Set<number>();
  while (faulty.size < size.fileFaults) faulty.add(random(total));
  let faults = faulty.size;

  const addFile = (path: string, isFaulty: boolean): number => {
    const sizeBytes = pick(random, [2 + random(200), 2 + random(20_000)]);
    const [own, said] = isFaulty ? fileFault(random, sizeBytes) : [random(50) === 0 ? { modifiedSeconds: (random(2) * 2 - 1) * 2 ** 45 } : {}, "right"];
    const file: FuseFile = { kind: "file", sizeBytes, seed: nodes.length, ...own };
    expected.set(path, { said, file });
    return add(file);
  };
  for (let nth = 0; nth < size.folders; nth++) {
    const name = `folder ${nth} \xff\n`;
    const files = Array.from({ length: size.filesPerFolder }, (_, at) => ({ name: `file ${at} \xfe`, node: addFile(`${name}/file ${at} \xfe`, faulty.has(nth * size.filesPerFolder + at)) }));
    // Where kinds are unknown everything is looked at more often, and what changes after one look would be another entry of the plan.
    const changes = files.some(({ node }) => (nodes[node]!.statedSize ?? nodes[node]!.statedInode)?.afterLooks === 1);
    names.push({ name, node: add({ kind: "folder", names: files, ...(changes ? {} : { kindsUnknown: true }) }) });
  }
  for (let nth = 0; nth < size.folderFaults; nth++) {
    const name = `broken ${nth}`;
    const count = 1 + random(12);
    const [own, said, found] = folderFault(random, count);
    const files: FuseFolder["names"] = Array.from({ length: count }, (_, at) => {
      const node = addFile(`${name}/${at}`, false);
      if (at >= found) expected.delete(`${name}/${at}`);
      return { name: String(at), node };
    });
    names.push({ name, node: add({ kind: "folder", names: files, ...own }) });
    expected.set(name, { said, file: null });
    faults += 1;
  }
  return { tree: nodes, faults, expected };
}
