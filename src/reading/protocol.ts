import type { Isolation } from "../isolation.ts";
import type { CryptographicAlgorithm, Digests, Perceived, PlannedEntry } from "../model.ts";
import type { PackedBatch } from "./packed-batch.ts";
import type { PackedFindings } from "./packed-findings.ts";
import type { ReaderFacts } from "./reader-facts.ts";
import type { ReadersWork } from "./readers-work.ts";
import type { Given, Place } from "./try-files.ts";

/**
 * Whether a picture whose digests are known needs decoding: what it came to before, or that nobody wants to know.
 *
 * Shape: "settle" when another reader is at it: to be asked again when nothing is left that this one decoded and did not tell, so that no two wait for each other.
 */
export type Admission = Perceived | "decode" | "skip" | "settle";

/** What the main process sends a reader. The first message is `start`; `look` and `batch` are each answered by one of `facts` and `findings`. */
export type ToReader =
  | { readonly kind: "start"; readonly digests: readonly CryptographicAlgorithm[]; readonly perceptual: boolean; readonly decoderProgram: string; readonly isolation: Isolation; readonly sideBySide?: number }
  | { readonly kind: "look"; readonly root: Uint8Array; readonly hidden: readonly Uint8Array[] }
  | { readonly kind: "batch"; readonly root: Uint8Array; readonly batch: PackedBatch }
  | { readonly kind: "try"; readonly root: Uint8Array; readonly files: readonly PlannedEntry[]; readonly place: Place }
  | { readonly kind: "admission"; readonly admission: Admission };

/**
 * What a reader sends back: digests and states, never content, never a name. `bytesRead` counts within the batch at hand, `work` since the process began; both are told
 * once more before the findings.
 *
 * Shape: `ask` waits for an `admission`; after "decode" `perceived` follows, at the latest before the findings, or `doubted`: nothing that was decoded and not
 *        told can be believed. `wasDoubted`: some pictures of the batch were decoded again.
 */
export type FromReader =
  | { readonly kind: "ready" }
  | { readonly kind: "alive"; readonly bytesRead: number; readonly work: Omit<ReadersWork, "bytesRead"> }
  | { readonly kind: "ask"; readonly digests: Digests; readonly sizeBytes: number }
  | { readonly kind: "perceived"; readonly digests: Digests; readonly perceived: Perceived }
  | { readonly kind: "doubted" }
  | { readonly kind: "tried"; readonly given: Given | null }
  | { readonly kind: "facts"; readonly facts: ReaderFacts }
  | { readonly kind: "findings"; readonly findings: PackedFindings; readonly wasDoubted: boolean };
