import { loadKernel } from "./load-kernel.ts";

/** The search kernel over one memory. All numbers are addresses (near-memory.ts), but counts, entries and distances. Errors: WebAssembly.RuntimeError when a table leads out of the memory. */
export interface NearKernel {
  deal(deals: number, codes: number, count: number): void;
  count(chunk: number, codes: number, to: number): void;
  begin(chunk: number): void;
  place(chunk: number, codes: number, from: number, to: number): void;
  find(deals: number, chunks: number, chunksEnd: number, codes: number, scratch: number, within: number, mostCandidates: number): number;
  prepare(deals: number, scratch: number): void;
  scan(codes: number, count: number, scratch: number, within: number): number;
}

export function nearKernel(memory: WebAssembly.Memory): NearKernel {
  return new WebAssembly.Instance(loadKernel("near"), { env: { memory } }).exports as unknown as NearKernel;
}
