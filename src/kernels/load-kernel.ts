import { readFileSync } from "node:fs";

/** A module of one function that makes a vector (https://webassembly.github.io/spec/core/binary/): it is valid where the processor has what vectors need. */
const vectorModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 0x0b);

/** Whether kernels can be loaded on this machine. */
export function hasVectors(): boolean {
  return WebAssembly.validate(vectorModule);
}

const compiled = new Map<string, WebAssembly.Module>();

/**
 * The compiled kernel of that name, from `dist/kernels`, where the build puts it; compiled once a process.
 *
 * Errors: those of the file system when the program was not built; WebAssembly.CompileError where the processor has no vectors (`hasVectors`).
 */
export function loadKernel(name: "near" | "pdq" | "md5"): WebAssembly.Module {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  // Two folders up from here both in src and in dist.
  const module = new WebAssembly.Module(readFileSync(new URL(`../../dist/kernels/${name}.wasm`, import.meta.url)));
  compiled.set(name, module);
  return module;
}
