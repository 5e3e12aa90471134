// Printable: letters, marks, numbers, punctuation, symbols and the plain space; not what a terminal, a browser or an eye is deceived by.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800]$/u;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Printable form of hostile bytes, reversible by `pathBytes`.
 *
 * Shape: valid printable UTF-8 stands as it is; a backslash is doubled; any other code point is `\u{hex}`; any other byte is `\xHH`.
 *        Different bytes never give the same text.
 */
export function pathText(path: Uint8Array): string {
  if (isPlainAscii(path)) return Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString("latin1");
  let text = "";
  for (let at = 0; at < path.length; ) {
    const length = sequenceLength(path, at);
    if (length === 0) {
      text += `\\x${path[at]!.toString(16).padStart(2, "0")}`;
      at += 1;
      continue;
    }
    const point = strict.decode(path.subarray(at, at + length));
    if (point === "\\") text += "\\\\";
    else if (printable.test(point) && !invisible.test(point)) text += point;
    else text += `\\u{${point.codePointAt(0)!.toString(16)}}`;
    at += length;
  }
  return text;
}

/** The bytes that `pathText` was given. Errors: RangeError when the text is not one that `pathText` writes. */
export function pathBytes(text: string): Uint8Array {
  const parts: Buffer[] = [];
  const escapes = /\\(?:\\|x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\})/y;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf("\\", at);
    const end = next === -1 ? text.length : next;
    if (end > at) parts.push(Buffer.from(text.slice(at, end), "utf8"));
    if (next === -1) break;
    escapes.lastIndex = next;
    const escape = escapes.exec(text);
    if (escape === null) throw new RangeError(`path text: an unknown escape at character ${next}`);
    if (escape[1] !== undefined) parts.push(Buffer.from(escape[1], "hex"));
    else if (escape[2] !== undefined) parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(escape[2], 16)), "utf8"));
    else parts.push(Buffer.from("\\"));
    at = escapes.lastIndex;
  }
  return Buffer.concat(parts);
}

function isPlainAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return false;
  return true;
}

/** Length of the well-formed UTF-8 sequence at a position, 0 when there is none (overlong forms and surrogates are none). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + length; next++) if ((bytes[next]! & 0xc0) !== 0x80) return 0;
  return length;
}
