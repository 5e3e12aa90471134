import { realpathSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { concernsOf, leavesJournal } from "../evidence/concerns-of.ts";
import { type Medium, mediumOf } from "../evidence/medium.ts";
import { deviceNumber, deviceState, isWithin, mountOfFolder, writableTwins } from "../evidence/mount.ts";
import { Failure, systemCode } from "../failure.ts";
import { type MountConcern, mountConcerns } from "../mount-concerns.ts";
import { pathText } from "../path-text.ts";
import type { EvidenceIdentity, MountState } from "../record/view.ts";

/** Where the evidence is and what it is. Paths are Latin-1 text, one character a byte, so that no name is altered. */
export interface EvidencePlace {
  readonly root: Buffer;
  readonly resolved: string;
  readonly printable: string;
  readonly identity: EvidenceIdentity;
}

/** Resolves the evidence folder. Errors: Failure("evidence-missing"). */
export function evidenceAt(path: string): EvidencePlace {
  let root: Buffer;
  try {
    root = realpathSync(path, { encoding: "buffer" });
  } catch (thrown) {
    throw new Failure("evidence-missing", `evidence: not found (${systemCode(thrown) ?? "unknown error"}), expected the folder on which the image is mounted`, thrown);
  }
  const status = statSync(root, { bigint: true });
  if (!status.isDirectory())
    throw new Failure("evidence-missing", "evidence: found a file, expected the folder on which its file system is mounted; mount the image read-only first");
  const resolved = root.toString("latin1");
  return {
    root,
    resolved,
    printable: pathText(root),
    identity: {
      kind: "directory",
      fileSystem: mountOfFolder(resolved)?.fileSystem ?? "unknown",
      rootInode: String(status.ino),
      rootModifiedNs: String(status.mtimeNs),
    },
  };
}

/** The mount below the evidence and its device's write counters, now; null where the kernel does not tell. */
export function mountStateAt(place: EvidencePlace): MountState | null {
  const mount = mountOfFolder(place.resolved);
  if (mount === null) return null;
  const { source, mountPoint, rootInFileSystem, fileSystem, mountOptions, superOptions } = mount;
  const number = deviceNumber(mount);
  const device = number === null ? null : deviceState(number);
  return {
    source: printed(source),
    mountPoint: printed(mountPoint),
    rootInFileSystem: printed(rootInFileSystem),
    fileSystem,
    mountOptions: printed(mountOptions),
    superOptions: printed(superOptions),
    concerns: concernsOf(mount, device, number === null ? [] : writableTwins(number)),
    leavesJournal: leavesJournal(mount),
    device,
  };
}

/** What the evidence lies on; `device`: the number of the block device that its file system names, null where it has none. */
export function mediumAt({ resolved }: EvidencePlace): { readonly medium: Medium; readonly device: string | null } {
  const mount = mountOfFolder(resolved);
  return { medium: mediumOf(mount), device: mount === null ? null : deviceNumber(mount) };
}

function printed(latin1: string): string {
  return pathText(Buffer.from(latin1, "latin1"));
}

const advice: Readonly<Record<MountConcern, string>> = {
  writable: "mount it with -o ro (ext4: ro,loop,noload; XFS: ro,norecovery; btrfs: ro,rescue=nologreplay)",
  overlay: "mount the evidence's own file system",
  device: "set the device read-only before it is mounted (blockdev --setro DEVICE; losetup --read-only for an image), or use a write blocker",
  twin: "detach the other loop device (losetup --list)",
  journal: "take the image anew from its original, or show by its hash that it is unchanged, and mount it with the option that leaves the journal alone",
};

/** Errors: Failure("evidence-writable") naming every concern about the mount, unless the operator gave a reason. */
export function refuseWritable(mount: MountState | null, reason: string | undefined): void {
  if (reason !== undefined || mount?.concerns.length === 0) return;
  const concerns = mount === null ? [] : mount.concerns;
  const found = mount === null ? "a mount that the kernel does not describe" : `${mount.fileSystem} mounted ${mount.mountOptions} (file system ${mount.superOptions}): ${concerns.map((concern) => mountConcerns[concern]).join("; ")}`;
  const remedies = concerns.length === 0 ? "" : `; ${concerns.map((concern) => advice[concern]).join("; ")}`;
  throw new Failure(
    "evidence-writable",
    `evidence: found ${found}; expected a read-only mount of a read-only file system on a read-only device${remedies}; or give --allow-writable REASON, which stands in the report`,
  );
}

/**
 * Errors: Failure("evidence-output") when something that will be written to lies inside the evidence, under its own name or through another mount of
 *         its root.
 */
export function refuseOutputInside(place: EvidencePlace, outputs: Readonly<Record<string, string>>): void {
  for (const [option, path] of Object.entries(outputs)) {
    if (isWithin(resolveAsFarAsItExists(path), place.resolved) || reachesRoot(path, place) || isOnEvidence(path, place))
      throw new Failure("evidence-output", `${option}: found a folder inside the evidence, expected one outside of it; nothing may be written there`);
  }
}

/** True on the file system that is mounted at the root of the evidence, by whatever way it is reached. A mere folder of a file system has neighbours. */
function isOnEvidence(path: string, { root, resolved }: EvidencePlace): boolean {
  if (mountOfFolder(resolved)?.mountPoint !== resolved) return false;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const status = statSync(folder, { bigint: true, throwIfNoEntry: false });
    if (status !== undefined) return status.dev === statSync(root, { bigint: true }).dev;
    if (folder === dirname(folder)) return false;
  }
}

/** True when one of the folders above a path is the root of the evidence, whatever it is called there. */
function reachesRoot(path: string, { root }: EvidencePlace): boolean {
  const { dev, ino } = statSync(root, { bigint: true });
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const status = statSync(folder, { bigint: true, throwIfNoEntry: false });
    if (status?.dev === dev && status.ino === ino) return true;
    if (folder === dirname(folder)) return false;
  }
}

function resolveAsFarAsItExists(path: string): string {
  const absolute = resolve(path);
  for (let existing = absolute; ; existing = dirname(existing)) {
    try {
      return realpathSync(existing, { encoding: "buffer" }).toString("latin1") + Buffer.from(absolute.slice(existing === "/" ? 0 : existing.length)).toString("latin1");
    } catch (thrown) {
      if (systemCode(thrown) !== "ENOENT" || existing === "/") throw thrown;
    }
  }
}
