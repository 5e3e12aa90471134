/** Palette indices of a run-length encoded bitmap. Shape: rows bottom to top, one byte a pixel; `isDamaged` when it ends early or leaves its rows. */
export interface RunLengthIndices {
  readonly indices: Uint8Array;
  readonly isDamaged: boolean;
}

/** Decodes RLE8 and RLE4; what no run covers keeps index 0. Null when there is not one run. Source: Microsoft, "Bitmap compression". */
export function runLengthIndices(stored: Uint8Array, widthPixels: number, heightPixels: number, encoding: "rle8" | "rle4"): RunLengthIndices | null {
  if (stored.length < 4) return null;
  const indices = new Uint8Array(widthPixels * heightPixels);
  const perByte = encoding === "rle8" ? 1 : 2;
  let column = 0;
  let row = 0;
  let leavesRow = false;
  const put = (index: number): void => {
    if (column < widthPixels) indices[row * widthPixels + column] = index;
    else leavesRow = true;
    column++;
  };
  const nibble = (byte: number, at: number): number => (perByte === 1 ? byte : at % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = 0; at + 1 < stored.length && row < heightPixels; ) {
    const count = stored[at]!;
    const value = stored[at + 1]!;
    at += 2;
    if (count > 0) {
      for (let pixel = 0; pixel < count; pixel++) put(nibble(value, pixel));
    } else if (value === 0) {
      row++;
      column = 0;
    } else if (value === 1) {
      return { indices, isDamaged: leavesRow };
    } else if (value === 2) {
      column += stored[at] ?? 0;
      row += stored[at + 1] ?? 0;
      at += 2;
    } else {
      const bytes = Math.ceil(value / perByte);
      for (let pixel = 0; pixel < value && at + Math.floor(pixel / perByte) < stored.length; pixel++) put(nibble(stored[at + Math.floor(pixel / perByte)]!, pixel));
      at += bytes + (bytes & 1);
    }
  }
  // Some writers leave the mark of the end away once all rows are there.
  return { indices, isDamaged: leavesRow || row < heightPixels - 1 || (row === heightPixels - 1 && column < widthPixels) };
}
