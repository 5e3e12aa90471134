import { constants, fstatSync } from "node:fs";
import { systemCode } from "../failure.ts";
import { mountOfFolder } from "./mount.ts";
import { closeRead, openBelow, openUntouched, workingFolder } from "./open-path.ts";
import type { OpenedEntry } from "./source.ts";

/** The root, by its descriptor, that is the working folder of this process: there is one of each. */
let enteredRoot: number | null = null;

/** Makes a root the working folder, if the system allows it; names below it are opened from there. */
export function enterRoot(root: number): void {
  try {
    process.chdir(`/proc/self/fd/${root}`);
    enteredRoot = root;
  } catch (thrown) {
    // The working folder is still what it was.
    if (systemCode(thrown) === null) throw thrown;
  }
}

/** Whether a root lies on a read-only mount, below which no access time changes: looked at where the owner's way is refused for the first time. */
const isReadOnlyRoot = new Map<number, boolean>();

/** Who was refused once does not ask again on a read-only mount: a refusal costs as much as reading. */
function openUntouchedBelow(root: number, open: (flags: number) => number): number {
  if (isReadOnlyRoot.get(root) === true) return open(0);
  return openUntouched(open, () => {
    if (!isReadOnlyRoot.has(root)) isReadOnlyRoot.set(root, mountOfFolder(`/proc/self/fd/${root}`)?.mountOptions.split(",").includes("ro") === true);
  });
}

/** Opens a file below a root for reading. Shape: `stableInodes` false: its inode number means nothing and is given as 0. Errors: the operating system's. */
export function openEntry({ root, stableInodes }: { readonly root: number; readonly stableInodes: boolean }, path: Uint8Array): OpenedEntry {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const from = enteredRoot === root ? workingFolder : root;
  const descriptor = openUntouchedBelow(root, (more) => openBelow(from, path, flags | more));
  try {
    const status = fstatSync(descriptor, { bigint: true });
    return {
      descriptor,
      isFile: status.isFile(),
      sizeBytes: Number(status.size),
      device: status.dev,
      inode: stableInodes ? status.ino : 0n,
      modifiedNs: status.mtimeNs,
      changedNs: status.ctimeNs,
    };
  } catch (thrown) {
    closeRead(descriptor);
    throw thrown;
  }
}
