const [codeRows, rowBytes, codeBytes] = [16, 2, 32];
// A code of a picture with detail has about 30 different bytes, 16 different rows and 16 different columns.
const [fewestBytes, fewestRows] = [5, 3];

/**
 * True for a PDQ code (32 bytes, 16 rows of 16 bits) that repeats itself: at most two different rows or columns, at most four different bytes, or a
 * second half or quarters that equal the first.
 */
export function isRegularCode(code: Uint8Array): boolean {
  if (new Set(code).size < fewestBytes) return true;
  const rows = Array.from({ length: codeRows }, (_, row) => (code[rowBytes * row]! << 8) | code[rowBytes * row + 1]!);
  if (new Set(rows).size < fewestRows || new Set(columnsOf(rows)).size < fewestRows) return true;
  return repeatsAfter(code, codeBytes / 2) || repeatsAfter(code, codeBytes / 4);
}

function columnsOf(rows: readonly number[]): readonly number[] {
  return rows.map((_, column) => rows.reduce((bits, row) => (bits << 1) | ((row >> column) & 1), 0));
}

function repeatsAfter(code: Uint8Array, bytes: number): boolean {
  return code.every((byte, at) => at < bytes || byte === code[at - bytes]);
}
