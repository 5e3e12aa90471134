const codes: Readonly<Record<string, { readonly machine: number; readonly code: Buffer }>> = {
  // mov qword ptr [0], 1
  x64: { machine: 62, code: Buffer.from("48c704250000000001000000", "hex") },
  // movz x0, 0; str x0, [x0]
  arm64: { machine: 183, code: Buffer.from("000080d2000000f9", "hex") },
};

const dynamicAt = 64 + 2 * 56;
const namesAt = dynamicAt + 7 * 16;
const symbolsAt = namesAt + 8;
const codeAt = symbolsAt + 24;

/** A library that writes to address 0 as soon as it is loaded, which no JavaScript can. Shape: an ELF file. Source: System V ABI, "Object files" and "Dynamic linking". */
export function faultingLibrary(architecture: string): Buffer {
  const { machine, code } = codes[architecture]!;
  const file = Buffer.alloc(codeAt + code.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  for (const [at, value] of [[16, 3], [18, machine], [52, 64], [54, 56], [56, 2], [58, 64]] as const) file.writeUInt16LE(value, at);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32);
  const segment = (at: number, type: number, flags: number, from: number, bytes: number, align: bigint): void => {
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(flags, at + 4);
    [from, from, from, bytes, bytes].forEach((value, index) => file.writeBigUInt64LE(BigInt(value), at + 8 + 8 * index));
    file.writeBigUInt64LE(align, at + 48);
  };
  segment(64, 1, 7, 0, file.length, 0x10000n);
  segment(64 + 56, 2, 6, dynamicAt, 7 * 16, 8n);
  // DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_INIT; none.
  const entries = [[5, namesAt], [6, symbolsAt], [10, 8], [11, 24], [12, codeAt], [0, 0], [0, 0]] as const;
  entries.forEach(([tag, value], index) => {
    file.writeBigUInt64LE(BigInt(tag), dynamicAt + 16 * index);
    file.writeBigUInt64LE(BigInt(value), dynamicAt + 16 * index + 8);
  });
  file.set(code, codeAt);
  return file;
}
