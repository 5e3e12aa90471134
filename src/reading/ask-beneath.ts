import { spawn } from "node:child_process";
import { type Layer, layersBeneath } from "../evidence/layers.ts";
import { mountOf } from "../evidence/mount.ts";
import { systemProgram } from "../system-programs.ts";

/** What lies beneath a file system, asked past its caches. `none`: nothing does that files read directly would not ask; `unasked`: something does, and it cannot be opened from here. */
export type Beneath = "answers" | "silent" | "none" | "unasked";

const blockBytes = 4096;

/** So many places of a layer have to answer: one alone may be in the memory of a program that serves it. */
const placesAsked = 3;

/**
 * Asks what lies beneath the file system of an absolute root, by a block at places of no order, past all caches of this kernel. What is read goes nowhere, and no access time changes: where that
 * cannot be had (the file is somebody else's), it is not asked.
 *
 * Shape: one that says nothing for `stallMs` is silent. Errors: none.
 */
export async function askBeneath(root: Uint8Array, stallMs: number): Promise<Beneath> {
  return askLayers(layersBeneath(mountOf(Buffer.from(root).toString("latin1"))), stallMs);
}

export async function askLayers(layers: readonly Layer[], stallMs: number): Promise<Beneath> {
  let worst: Beneath = layers.length === 0 ? "none" : "answers";
  for (const layer of layers) {
    const said = await askLayer(layer, stallMs);
    if (said === "silent") return "silent";
    if (said === "unasked") worst = "unasked";
  }
  return worst;
}

async function askLayer({ path, sizeBytes }: Layer, stallMs: number): Promise<"answers" | "silent" | "unasked"> {
  const program = systemProgram("dd");
  const name = Buffer.from(path, "latin1").toString();
  // A name that is no text cannot be an argument.
  if (program === null || Buffer.from(name).toString("latin1") !== path) return "unasked";
  const blocks = Math.max(1, Math.floor(sizeBytes / blockBytes));
  let given = 0;
  for (let place = 0; place < placesAsked; place++) {
    const ended = await endOf(program, [`if=${name}`, `bs=${blockBytes}`, "count=1", `skip=${Math.floor(Math.random() * blocks)}`, "iflag=direct,noatime", "of=/dev/null", "status=none"], stallMs);
    if (ended === "silent") return "silent";
    given += ended === 0 ? 1 : 0;
  }
  return given > 0 ? "answers" : "unasked";
}

/** Who hangs in the kernel never ends: it is not waited for. */
function endOf(program: string, args: readonly string[], stallMs: number): Promise<number | "silent"> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", env: {}, cwd: "/" });
    const silence = setTimeout(() => {
      child.kill("SIGKILL");
      child.unref();
      resolve("silent");
    }, stallMs);
    const end = (status: number): void => {
      clearTimeout(silence);
      resolve(status);
    };
    child.on("error", () => end(127));
    child.on("exit", (status) => end(status ?? 1));
  });
}
