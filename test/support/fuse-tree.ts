/**
 * A tree that the fault-injecting file system shows, as plain data that survives JSON.
 *
 * Shape: nodes name each other by their index; node 0 is the root. A node with several names is a hard link; a folder that is its own ancestor is a loop.
 */
export type FuseTree = readonly FuseNode[];

export type FuseNode = FuseFile | FuseFolder | FuseManyFolder | FuseOther;

export interface FuseFile extends Faults {
  readonly kind: "file";
  readonly sizeBytes: number;
  /** What the content is drawn from: see `contentOf`. */
  readonly seed: number;
}

export interface FuseFolder extends Faults {
  readonly kind: "folder";
  /** Shape: `name` is Latin-1 text, one character a byte, in the order in which it is listed. */
  readonly names: readonly { readonly name: string; readonly node: number }[];
}

/** A folder whose entries are made up when somebody asks: `prefix` and a number of ten digits, all files of one size (seed = number), or empty folders. */
export interface FuseManyFolder extends Faults {
  readonly kind: "many";
  readonly count: number;
  readonly prefix: string;
  readonly of: "file" | "folder";
  readonly sizeBytes: number;
}

export interface FuseOther extends Faults {
  readonly kind: "link" | "fifo" | "socket" | "character-device" | "block-device";
  /** Of a link. */
  readonly target?: string;
}

/** An error of the operating system, as the file system answers it. */
export type ErrorCode = keyof typeof errorNumbers;

// Source: asm-generic/errno-base.h, asm-generic/errno.h; the same on every architecture that Node runs on.
export const errorNumbers = { EPERM: 1, ENOENT: 2, EIO: 5, EACCES: 13, EINVAL: 22, ENOSYS: 38, ENODATA: 61, ETIMEDOUT: 110, ESTALE: 116, EUCLEAN: 117 } as const;

/** What goes wrong at one node. A look is one LOOKUP of its name; each call that takes a path makes at least one. */
export interface Faults {
  /** From the look after so many on, its status is this error: 0 for always; ENOENT after one for what vanishes between listing and opening. */
  readonly lookError?: { readonly afterLooks: number; readonly code: ErrorCode };
  /** Its status is this error once it was opened, be it a file or a folder. */
  readonly openedStatusError?: ErrorCode;
  readonly openError?: ErrorCode;
  /** What closing gives. */
  readonly closeError?: ErrorCode;
  /** A read that touches these bytes ends before them; one that begins there is the error. */
  readonly readError?: { readonly code: ErrorCode; readonly fromByte: number; readonly toByte: number };
  /** A folder that gives this error instead of the entry with that index; once: only the first time; thenReversed: its names are listed in the opposite order after that. */
  readonly listingError?: { readonly code: ErrorCode; readonly atEntry: number; readonly once?: true; readonly thenReversed?: true };
  /** Never answered: opening, any read, or one that touches this byte, or listing. */
  readonly hangs?: "opening" | "listing" | "reading" | { readonly atByte: number };
  /** Each read is answered so much later. Units: milliseconds. */
  readonly slowMs?: number;
  /** The content ends here, whatever size is stated. */
  readonly endsAtByte?: number;
  /** What the status states instead of the real size, from the look after so many on. */
  readonly statedSize?: { readonly afterLooks: number; readonly sizeBytes: number };
  /** Each read makes the stated size and the content one read longer. */
  readonly grows?: true;
  /** The times move on when it is first read. */
  readonly touchedByRead?: true;
  /** From the look after so many on, the status names this inode. */
  readonly statedInode?: { readonly afterLooks: number; readonly inode: number };
  /** A folder that does not say of which kind its entries are. */
  readonly kindsUnknown?: true;
  /** Units: seconds since 1970. */
  readonly modifiedSeconds?: number;
}

/** Bytes of a file's content, drawn by formula: the same for the server and for whoever checks it. */
export function contentOf(seed: number, offset: number, length: number): Buffer {
  const first = Math.floor(offset / 4);
  const words = new Uint32Array(Math.ceil((offset + length) / 4) - first);
  for (let at = 0; at < words.length; at++) {
    // Index and seed through a mixing function of 32 bits: no two files, and no two pages of one, are alike.
    let mixed = Math.imul((first + at) ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13) ^ seed, 0xc2b2ae35);
    words[at] = mixed ^ (mixed >>> 16);
  }
  return Buffer.from(words.buffer).subarray(offset - first * 4, offset - first * 4 + length);
}

/** A tree that grows while a test states it. Shape: `add` gives the index of a node, to be named in a folder that is added later; `tree` has the root in place. */
export function treeOf(build: (add: (node: FuseNode) => number) => FuseFolder | FuseManyFolder): FuseTree {
  const nodes: FuseNode[] = [{ kind: "folder", names: [] }];
  nodes[0] = build((node) => nodes.push(node) - 1);
  return nodes;
}
