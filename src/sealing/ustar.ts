import { Failure } from "../failure.ts";
import { pathText } from "../path-text.ts";

const blockBytes = 512;
const longestNameBytes = 100;
const largestOctal = 8 ** 11 - 1;

/** A regular file of an archive. Units: `modifiedSeconds` since 1970. */
export interface ArchivedFile {
  readonly name: Uint8Array;
  readonly sizeBytes: number;
  readonly modifiedSeconds: number;
}

/**
 * What stands before a file's bytes in a tar archive.
 *
 * Shape:  mode 0600, owner 0. A size of 8 GiB and more stands as a binary number, as GNU tar and libarchive write and read it.
 * Errors: Failure("seal-refused") for a name above 100 bytes.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */
export function ustarHeader({ name, sizeBytes, modifiedSeconds }: ArchivedFile): Buffer {
  if (name.length > longestNameBytes) throw new Failure("seal-refused", `${pathText(name)}: found a name of ${name.length} bytes, expected at most ${longestNameBytes} within a bundle`);
  const header = Buffer.alloc(blockBytes);
  header.set(name, 0);
  header.write("0000600\0", 100, "latin1");
  header.write("0000000\0", 108, "latin1");
  header.write("0000000\0", 116, "latin1");
  if (sizeBytes <= largestOctal) header.write(`${octal(sizeBytes, 11)}\0`, 124, "latin1");
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(sizeBytes), 128);
  }
  header.write(`${octal(Math.max(0, Math.min(modifiedSeconds, largestOctal)), 11)}\0`, 136, "latin1");
  header.write("        0", 148, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return header;
}

/** Zeros that fill a file's last block. */
export function ustarPadding(sizeBytes: number): Buffer {
  return Buffer.alloc((blockBytes - (sizeBytes % blockBytes)) % blockBytes);
}

/** What ends an archive. */
export const ustarEnd: Uint8Array = new Uint8Array(2 * blockBytes);

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}
