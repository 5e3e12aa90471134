import { fork } from "node:child_process";
import type { CryptographicAlgorithm, Digests } from "../model.ts";

/** What the main process sends, once. */
export interface ToImage {
  readonly path: Uint8Array;
  readonly algorithms: readonly CryptographicAlgorithm[];
}

/** What comes back. `found` says why there are no digests: the operating system's code, or words. */
export type FromImage =
  | { readonly kind: "alive" }
  | { readonly kind: "digests"; readonly sizeBytes: number; readonly digests: Digests }
  | { readonly kind: "failed"; readonly found: string };

/** What hashing an image needs. Shape: `program` the compiled image-process.js; `stallMs` the longest silence that is put up with. */
export interface ImageHashing extends ToImage {
  readonly program: string;
  readonly stallMs: number;
  readonly interrupt: AbortSignal;
}

/** Reads a whole image or device once, in a process of its own. Gives why not where it could not be read to its end; "interrupted" when it was stopped. */
export function hashImage({ program, path, algorithms, stallMs, interrupt }: ImageHashing): Promise<{ readonly sizeBytes: number; readonly digests: Digests } | { readonly found: string } | "interrupted"> {
  return new Promise((resolve) => {
    const child = fork(program, [], { serialization: "advanced", stdio: ["ignore", "ignore", "ignore", "ipc"], env: {} });
    let silence: NodeJS.Timeout | undefined;
    const end = (result: Awaited<ReturnType<typeof hashImage>>): void => {
      clearTimeout(silence);
      interrupt.removeEventListener("abort", stop);
      child.kill("SIGKILL");
      if (child.connected) child.disconnect();
      child.unref();
      resolve(result);
    };
    const stop = (): void => end("interrupted");
    const watch = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => end({ found: `no progress within ${Math.round(stallMs / 1000)} seconds` }), stallMs);
    };
    child.on("message", (message: FromImage) => {
      watch();
      if (message.kind !== "alive") end(message.kind === "failed" ? { found: message.found } : { sizeBytes: message.sizeBytes, digests: message.digests });
    });
    child.on("error", () => end({ found: "its process could not be started" }));
    child.on("exit", () => end({ found: "its process ended" }));
    interrupt.addEventListener("abort", stop, { once: true });
    if (interrupt.aborted) return stop();
    watch();
    child.send({ path, algorithms } satisfies ToImage, (error) => {
      if (error !== null) end({ found: "its process ended" });
    });
  });
}
