import { byteView, type ByteView } from "./byte-view.ts";
import { boxesOf, type Chunk } from "./chunks.ts";
import { decodesWhole } from "./decoding-library.ts";
import { thoseOf } from "./walks.ts";

/** Most parts that are looked at: as many tiles of 512 x 512 pixels as the pixel limit admits. A file with more does not count as whole. */
const mostParts = 1024;

/** Items that are put together from others. */
const composed: ReadonlySet<string> = new Set(["grid", "iovl"]);

/** The flag of an item that is not shown by itself. */
const hidden = 1;

/** What is needed to show one item in place of another: where the number of the primary item stands, and where the flags of each one do. */
interface Items {
  readonly primary: { readonly at: number; readonly bytes: 2 | 4 };
  readonly flagsAt: ReadonlyMap<number, number>;
  readonly parts: readonly number[];
}

const withoutParts: Items = { primary: { at: 0, bytes: 2 }, flagsAt: new Map(), parts: [] };

/**
 * Whether each tile of an AVIF file's pictures can be decoded. The decoding library puts plain ground in the place of one that cannot, without a word: so
 * each is decoded once more by itself, as if it were the file's primary picture. A file whose structure is another one than the standards describe does not count as whole.
 *
 * Source: ISO/IEC 14496-12, 8.11.4, 8.11.6 and 8.11.12; ISO/IEC 23008-12, 6.6.2.
 */
export async function hasAllTiles(bytes: Uint8Array): Promise<boolean> {
  const items = itemsOf(bytes);
  if (items === null || items.parts.length > mostParts) return false;
  if (items.parts.length === 0) return true;
  // In a copy in which every item is hidden, one part after the other is the only picture that shows.
  const shown = Uint8Array.from(bytes);
  const view = new DataView(shown.buffer);
  for (const at of items.flagsAt.values()) shown[at]! |= hidden;
  for (const part of items.parts) {
    const at = items.flagsAt.get(part);
    if (at === undefined || part >= 2 ** (8 * items.primary.bytes)) return false;
    if (items.primary.bytes === 2) view.setUint16(items.primary.at, part);
    else view.setUint32(items.primary.at, part);
    shown[at]! &= ~hidden;
    if (!(await decodesWhole(shown))) return false;
    shown[at]! |= hidden;
  }
  return true;
}

/** Null where the structure is not the one that the standards describe: another reader may find other items in it. */
function itemsOf(bytes: Uint8Array): Items | null {
  const metas = thoseOf(boxesOf(bytes), ({ name }) => name === "meta");
  if (metas.length === 0) return withoutParts;
  const boxes = metas.length === 1 ? inFullBox(bytes, metas[0]!, 0) : null;
  if (boxes === null) return null;
  const [primary, list, references] = ["pitm", "iinf", "iref"].map((wanted) => boxes.filter(({ name }) => name === wanted));
  if (primary?.length !== 1 || list?.length !== 1) return null;
  return itemsIn(bytes, primary[0]!, list[0]!, references ?? []);
}

function itemsIn(bytes: Uint8Array, primary: Chunk, list: Chunk, references: readonly Chunk[]): Items | null {
  const view = byteView(bytes, false);
  const entries = inFullBox(bytes, list, view.u8(list.offsetBytes) === 0 ? 2 : 4);
  if (entries === null) return null;
  const types = new Map<number, string>();
  const flagsAt = new Map<number, number>();
  for (const { name, offsetBytes: at } of entries) {
    const version = view.u8(at);
    const isLong = version === 3;
    const id = isLong ? view.u32(at + 4) : view.u16(at + 4);
    const type = view.text(at + (isLong ? 10 : 8), 4);
    if (name !== "infe" || (version !== 2 && !isLong) || id === null || type === null || types.has(id)) return null;
    types.set(id, type);
    flagsAt.set(id, at + 3);
  }
  if (![...types.values()].some((type) => composed.has(type))) return withoutParts;
  const parts = references.length === 1 ? partsOf(bytes, references[0]!, types) : null;
  const primaryBytes = view.u8(primary.offsetBytes) === 0 ? 2 : 4;
  if (parts === null || primary.lengthBytes < 4 + primaryBytes) return null;
  return { primary: { at: primary.offsetBytes + 4, bytes: primaryBytes }, flagsAt, parts };
}

/** The boxes within a box that begins with its version and its flags, and `more` bytes behind them. Null where they do not fill it. */
function inFullBox(bytes: Uint8Array, { offsetBytes, lengthBytes }: Chunk, more: number): readonly Chunk[] | null {
  const from = offsetBytes + 4 + more;
  const end = offsetBytes + lengthBytes;
  if (from > end) return null;
  const boxes = [...boxesOf(bytes, { offsetBytes: from, lengthBytes: end - from })];
  const last = boxes.at(-1);
  return (last === undefined ? from : last.offsetBytes + last.lengthBytes) === end ? boxes : null;
}

function partsOf(bytes: Uint8Array, references: Chunk, types: ReadonlyMap<number, string>): readonly number[] | null {
  const view = byteView(bytes, false);
  const isLong = view.u8(references.offsetBytes) !== 0;
  const idBytes = isLong ? 4 : 2;
  const parts = new Set<number>();
  const boxes = inFullBox(bytes, references, 0);
  if (boxes === null) return null;
  for (const { name, offsetBytes: at, lengthBytes } of boxes) {
    const whole = numberAt(view, at, isLong);
    if (name !== "dimg" || whole === null || !composed.has(types.get(whole) ?? "")) continue;
    const count = view.u16(at + idBytes);
    if (count === null || lengthBytes !== idBytes + 2 + count * idBytes) return null;
    for (let part = 0; part < count; part++) parts.add(numberAt(view, at + idBytes + 2 + part * idBytes, isLong)!);
  }
  return [...parts];
}

function numberAt(view: ByteView, at: number, isLong: boolean): number | null {
  return isLong ? view.u32(at) : view.u16(at);
}
