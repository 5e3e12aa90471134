import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const compiled = fileURLToPath(new URL("../../dist/perceptual/", import.meta.url));

/** Path of a compiled file of src/perceptual. Errors: when the project was not built. */
export function compiledFile(name: string): string {
  const path = join(compiled, name);
  if (!existsSync(path)) throw new Error(`${path}: not there, expected the build's output: run npm run build`);
  return path;
}

const folder = mkdtempSync(join(tmpdir(), "blindmatch-decoder-"));
// Nobody, who decodes for root, must be able to read it.
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let programs = 0;

/** A program in a temporary folder that stands in for a decoder gone bad. */
export function hostileProgram(text: string): string {
  const path = join(folder, `decoder-${programs++}.mjs`);
  writeFileSync(path, text);
  return path;
}

/**
 * A program that reads requests as a decoder does and answers each by code of a test's own.
 *
 * Shape: `answer` is the body of an async function of `picture` and `request`, the number of the request among those of this process; it gives a `Perceived`
 *        or null for no answer. `isCanary`, `perceivedOf` (the real one), `appendFileSync` and `statSync` are at hand; `before` is run once.
 */
export function answeringProgram(answer: string, before = ""): string {
  return hostileProgram(`
    import { appendFileSync, existsSync, statSync } from "node:fs";
    import { Socket } from "node:net";
    import { perceivedOf } from ${JSON.stringify(compiledFile("decode.js"))};
    import { requestReader, writeReply } from ${JSON.stringify(compiledFile("decoder-protocol.js"))};
    const requests = requestReader();
    // A canary is the one picture whose first block of pixels is stored as it is.
    const isCanary = (picture) => picture[41] === 0x78 && picture[42] === 0x01;
    const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);
    ${before}
    let asked = 0;
    const answer = async (picture, request) => { ${answer} };
    const callback = (lengthBytes) => {
      const request = requests.came(lengthBytes);
      if (request !== null) void answer(request.picture, ++asked).then((perceived) => perceived === null || process.stdout.write(writeReply(request.nonce, perceived)));
      return true;
    };
    new Socket({ fd: 0, readable: true, writable: false, onread: { buffer: requests.room, callback } }).on("end", () => process.exit());`);
}

/** Numbers of the living processes that a process started. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      const [state, startedBy] = statusOf(name);
      return startedBy === String(parent) && state !== "Z";
    })
    .map(Number);
}

/** All processes below one, its own children first. */
export function below(parent: number): readonly number[] {
  return childrenOf(parent).flatMap((child) => [child, ...below(child)]);
}

/** Most memory that a process had at once, in MiB; 0 when it is gone. */
export function peakMebibytes(processNumber: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${processNumber}/status`, "latin1"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function isRunning(processNumber: number): boolean {
  const [state] = statusOf(String(processNumber));
  return state !== undefined && state !== "Z";
}

/** Number of the process group that a signal from the terminal would reach a process with. */
export function groupOf(processNumber: number): number {
  return Number(statusOf(String(processNumber))[2]);
}

/** State, parent and group, the fields after the name in parentheses; nothing when the process is gone. */
function statusOf(processNumber: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${processNumber}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ", 3);
  } catch {
    return [];
  }
}

/** Waits until something holds. Errors: when it does not within the time. */
export async function until(holds: () => boolean, withinMs = 10_000): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 20) {
    if (waitedMs > withinMs) throw new Error(`what was waited for did not come within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
