import { Failure } from "../failure.ts";
import { hasVectors } from "../kernels/load-kernel.ts";

/** Whether this machine can make perceptual codes and compare them. */
export function canMatchNear(): boolean {
  return hasVectors();
}

/**
 * Near matching needs vectors of the processor; digests do not.
 *
 * Errors: Failure("selftest-failed") where there are none; `instead` is what works without.
 */
export function requireVectors(where: string, instead: string): void {
  if (!hasVectors()) throw new Failure("selftest-failed", `${where}: found a processor without the vectors that perceptual codes are made and compared with (SSE4.1, Neon), expected one that has them; ${instead}`);
}
