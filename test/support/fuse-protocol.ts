// The messages of /dev/fuse that are spoken here. Source: linux/fuse.h, version 7.31.

export const opcodes = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  readlink: 5,
  open: 14,
  read: 15,
  statfs: 17,
  release: 18,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
  readdirplus: 44,
} as const;

/** What a file system with no more to say of an entry states. Units: seconds; sizes in bytes. */
export interface Attributes {
  readonly inode: number;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
  readonly mode: number;
  readonly links: number;
}

export interface Request {
  readonly opcode: number;
  readonly unique: bigint;
  readonly node: number;
  readonly body: Buffer;
}

const inHeaderBytes = 40;

export function readRequest(bytes: Buffer): Request {
  return { opcode: bytes.readUInt32LE(4), unique: bytes.readBigUInt64LE(8), node: Number(bytes.readBigUInt64LE(16)), body: bytes.subarray(inHeaderBytes) };
}

export function replyHeader(unique: bigint, bodyBytes: number, errorNumber = 0): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + bodyBytes, 0);
  header.writeInt32LE(-errorNumber, 4);
  header.writeBigUInt64LE(unique, 8);
  return header;
}

/** Shape: offset and size of a READ, READDIR or READDIRPLUS. */
export function readRange(body: Buffer): { readonly offset: number; readonly length: number } {
  return { offset: Number(body.readBigUInt64LE(8)), length: body.readUInt32LE(16) };
}

/** The name that a LOOKUP asks for, without its closing zero, as Latin-1. */
export function lookupName(body: Buffer): string {
  return body.toString("latin1", 0, body.indexOf(0));
}

const asyncRead = 1 << 0;
const readdirplus = 1 << 13;
const parallelFolders = 1 << 18;
const maxPages = 1 << 22;

export function initReply(body: Buffer): Buffer {
  const reply = Buffer.alloc(64);
  reply.writeUInt32LE(7, 0);
  reply.writeUInt32LE(31, 4);
  reply.writeUInt32LE(body.readUInt32LE(8), 8);
  reply.writeUInt32LE((asyncRead | readdirplus | parallelFolders | maxPages) & body.readUInt32LE(12), 12);
  reply.writeUInt16LE(64, 16);
  reply.writeUInt16LE(48, 18);
  reply.writeUInt32LE(4096, 20);
  reply.writeUInt32LE(1, 24);
  reply.writeUInt16LE(256, 28);
  return reply;
}

const attributesBytes = 88;

function writeAttributes(target: Buffer, at: number, { inode, sizeBytes, modifiedSeconds, mode, links }: Attributes): void {
  target.writeBigUInt64LE(BigInt(inode), at);
  target.writeBigUInt64LE(BigInt(sizeBytes), at + 8);
  target.writeBigUInt64LE(BigInt(Math.ceil(sizeBytes / 512)), at + 16);
  for (const time of [24, 32, 40]) target.writeBigInt64LE(BigInt(modifiedSeconds), at + time);
  target.writeUInt32LE(mode, at + 60);
  target.writeUInt32LE(links, at + 64);
  target.writeUInt32LE(4096, at + 80);
}

/** Shape: `null` tells the kernel nothing, so that it asks when it needs to know. `validSeconds`: how long it need not ask again. */
export function entryReply(node: number, attributes: Attributes | null, validSeconds: number): Buffer {
  const reply = Buffer.alloc(40 + attributesBytes);
  if (attributes === null) return reply;
  reply.writeBigUInt64LE(BigInt(node), 0);
  for (const valid of [16, 24]) reply.writeBigUInt64LE(BigInt(validSeconds), valid);
  writeAttributes(reply, 40, attributes);
  return reply;
}

export function attributesReply(attributes: Attributes, validSeconds: number): Buffer {
  const reply = Buffer.alloc(16 + attributesBytes);
  reply.writeBigUInt64LE(BigInt(validSeconds), 0);
  writeAttributes(reply, 16, attributes);
  return reply;
}

const directIo = 1;

/** Reads go past the page cache: each comes to the server as it was made. */
export function openReply(): Buffer {
  const reply = Buffer.alloc(16);
  reply.writeUInt32LE(directIo, 8);
  return reply;
}

export function statfsReply(): Buffer {
  const reply = Buffer.alloc(80);
  for (const at of [40, 48]) reply.writeUInt32LE(4096, at);
  reply.writeUInt32LE(1024, 44);
  return reply;
}

/** One name of a listing. Shape: `next` is where the listing goes on after it; `type` a DT_ value. */
export function listedName(inode: number, next: number, type: number, name: Buffer): Buffer {
  const reply = Buffer.alloc(Math.ceil((24 + name.length) / 8) * 8);
  reply.writeBigUInt64LE(BigInt(inode), 0);
  reply.writeBigUInt64LE(BigInt(next), 8);
  reply.writeUInt32LE(name.length, 16);
  reply.writeUInt32LE(type, 20);
  name.copy(reply, 24);
  return reply;
}
