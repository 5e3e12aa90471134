import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { systemCode } from "../failure.ts";
import type { CryptographicAlgorithm } from "../model.ts";
import { startDigests } from "./algorithm.ts";
import type { FromImage, ToImage } from "./hash-image.ts";

// Entry file of the process that reads a whole image or device, from its first byte to its last.

const windowBytes = 8 * 1024 * 1024;
const aliveEveryMs = 500;

function tell(message: FromImage): void {
  process.send?.(message);
}

async function hashed(path: Uint8Array, algorithms: readonly CryptographicAlgorithm[]): Promise<void> {
  const descriptor = openSync(Buffer.from(path), "r");
  try {
    const running = startDigests(algorithms);
    const before = fstatSync(descriptor, { bigint: true });
    const window = Buffer.allocUnsafeSlow(windowBytes);
    let sizeBytes = 0;
    let told = performance.now();
    for (;;) {
      const count = readSync(descriptor, window, 0, windowBytes, null);
      if (count === 0) break;
      running.update(window.subarray(0, count));
      sizeBytes += count;
      if (performance.now() - told < aliveEveryMs) continue;
      told = performance.now();
      tell({ kind: "alive" });
      // Messages get out, and the end of the main process is noticed.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const after = fstatSync(descriptor, { bigint: true });
    if (before.isFile() && (BigInt(sizeBytes) !== before.size || after.size !== before.size || after.mtimeNs !== before.mtimeNs)) return tell({ kind: "failed", found: "an image that changed while it was read" });
    tell({ kind: "digests", sizeBytes, digests: running.finish() });
  } finally {
    closeSync(descriptor);
  }
}

process.once("message", ({ path, algorithms }: ToImage) => {
  hashed(path, algorithms).then(
    () => process.disconnect(),
    (thrown: unknown) => {
      tell({ kind: "failed", found: systemCode(thrown) ?? "an unknown error" });
      process.disconnect();
    },
  );
});
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
