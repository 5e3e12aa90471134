import { byteView, type ByteView } from "./byte-view.ts";
import { boxesOf, type Chunk } from "./chunks.ts";
import { decodesWhole } from "./decoding-library.ts";

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

/**
 * Whether each tile of an AVIF file's pictures can be decoded. The decoding library puts plain ground in the place of one that cannot, without a word: so
 * each is decoded once more by itself, as if it were the file's primary picture.
 *
 * Source: ISO/IEC 14496-12, 8.11.4, 8.11.6 and 8.11.12; ISO/IEC 23008-12, 6.6.2.
 */
export async function hasAllTiles(bytes: Uint8Array): Promise<boolean> {
  const items = itemsOf(bytes);
  if (items === null || items.parts.length === 0) return true;
  if (items.parts.length > mostParts) return false;
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

function itemsOf(bytes: Uint8Array): Items | null {
  const view = byteView(bytes, false);
  const meta = boxesOf(bytes).find(({ name }) => name === "meta");
  const boxes = meta === undefined ? [] : inFullBox(bytes, meta, 0);
  const [primary, list, references] = ["pitm", "iinf", "iref"].map((name) => boxes.find((box) => box.name === name));
  if (primary === undefined || list === undefined || references === undefined) return null;
  const types = new Map<number, string | null>();
  const flagsAt = new Map<number, number>();
  for (const { name, offsetBytes: at } of inFullBox(bytes, list, view.u8(list.offsetBytes) === 0 ? 2 : 4)) {
    if (name !== "infe") continue;
    const isLong = view.u8(at) === 3;
    const id = isLong ? view.u32(at + 4) : view.u16(at + 4);
    if (id === null) continue;
    types.set(id, view.text(at + (isLong ? 10 : 8), 4));
    if (at + 3 < bytes.length) flagsAt.set(id, at + 3);
  }
  const isLong = view.u8(references.offsetBytes) !== 0;
  const parts = inFullBox(bytes, references, 0).flatMap((box) => (box.name === "dimg" && composed.has(types.get(numberAt(view, box.offsetBytes, isLong) ?? -1) ?? "") ? partsIn(view, box, isLong) : []));
  const primaryBytes = view.u8(primary.offsetBytes) === 0 ? 2 : 4;
  if (primary.lengthBytes < 4 + primaryBytes) return null;
  return { primary: { at: primary.offsetBytes + 4, bytes: primaryBytes }, flagsAt, parts: [...new Set(parts)] };
}

/** The boxes within a box that begins with its version and its flags, and `more` bytes behind them. */
function inFullBox(bytes: Uint8Array, { offsetBytes, lengthBytes }: Chunk, more: number): readonly Chunk[] {
  return boxesOf(bytes, { offsetBytes: offsetBytes + 4 + more, lengthBytes: Math.max(0, lengthBytes - 4 - more) });
}

function partsIn(view: ByteView, { offsetBytes, lengthBytes }: Chunk, isLong: boolean): readonly number[] {
  const idBytes = isLong ? 4 : 2;
  const count = Math.min(view.u16(offsetBytes + idBytes) ?? 0, Math.floor(lengthBytes / idBytes));
  return Array.from({ length: count }, (_, at) => numberAt(view, offsetBytes + idBytes + 2 + at * idBytes, isLong)).filter((id) => id !== null);
}

function numberAt(view: ByteView, at: number, isLong: boolean): number | null {
  return isLong ? view.u32(at) : view.u16(at);
}
