import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FuseTree } from "./fuse-tree.ts";

/** True when this process may mount a file system that another process answers for. */
export const mayMountFaults: boolean = process.getuid?.() === 0 && existsSync("/dev/fuse");

/** A mounted tree with faults. Whatever hangs in it goes on with an error when it is unmounted. */
export interface MountedFaults {
  readonly root: string;
  unmount(): Promise<void>;
}

/** Mounts a tree read-only at a new folder, for all users or for that of this process alone, answered for by a process of its own, which unmounts it when it is told to or when this process ends, however it does. */
export async function mountFaults(root: string, tree: FuseTree, readers: "everybody" | "only-us" = "everybody"): Promise<MountedFaults> {
  mkdirSync(root, { recursive: true });
  const server = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "fuse-server.ts"), root, readers], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => server.on("exit", resolve));
  let unmounted = false;
  const unmount = async (): Promise<void> => {
    unmounted = true;
    server.stdin.end();
    await ended;
  };
  server.stdin.write(`${JSON.stringify(tree)}\n`);
  const said = await Promise.race([new Promise((resolve) => server.stdout.once("data", resolve)), ended]);
  if (!Buffer.isBuffer(said)) throw new Error(`faults: the server ended with status ${String(said)}, expected it to mount ${root}`);
  void ended.then((status) => {
    if (!unmounted) throw new Error(`faults: the server of ${root} ended with status ${status} while it was wanted`);
  });
  return { root, unmount };
}
