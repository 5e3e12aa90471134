import { readFileSync } from "node:fs";

const compiled = new Map<string, WebAssembly.Module>();

/**
 * The compiled kernel of that name, from `dist/kernels`, where the build puts it; compiled once a process.
 *
 * Errors: those of the file system when the program was not built; WebAssembly.CompileError where the processor lacks SIMD.
 */
export function loadKernel(name: "near" | "pdq" | "md5"): WebAssembly.Module {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  // Two folders up from here both in src and in dist.
  const module = new WebAssembly.Module(readFileSync(new URL(`../../dist/kernels/${name}.wasm`, import.meta.url)));
  compiled.set(name, module);
  return module;
}
