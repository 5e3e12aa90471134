import type { Batch, Finding } from "../model.ts";

/** What the main process sends a reader. The first message is `start`. */
export type ToReader =
  | { readonly kind: "start"; readonly perceptual: boolean; readonly decoderProgram: string }
  | { readonly kind: "batch"; readonly root: Uint8Array; readonly batch: Batch };

/** What a reader sends back: digests and states, never content, never a name. `bytesRead` counts within the batch at hand. */
export type FromReader = { readonly kind: "ready" } | { readonly kind: "alive"; readonly bytesRead: number } | { readonly kind: "findings"; readonly findings: readonly Finding[] };
