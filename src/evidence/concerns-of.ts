import { type MountConcern, mountConcerns } from "../mount-concerns.ts";
import type { DeviceState, Mount } from "./mount.ts";

/** File systems that join others. What lies in a lower layer is not what is on a drive. */
const overlays: readonly string[] = ["overlay", "overlayfs", "aufs", "unionfs", "fuse.unionfs", "fuse.unionfs-fuse", "fuse.mergerfs", "fuse.fuse-overlayfs"];

/** File systems that write to their device even when they are mounted read-only, and the options that stop them, as the kernel lists them. Source: mount(8), the kernel's documentation of each. */
const journaling: Readonly<Record<string, readonly string[]>> = {
  ext3: ["noload", "norecovery"],
  ext4: ["noload", "norecovery"],
  xfs: ["norecovery"],
  btrfs: ["nologreplay", "norecovery", "rescue=nologreplay", "rescue=all"],
  f2fs: ["norecovery", "disable_roll_forward"],
  reiserfs: ["nolog"],
  jfs: ["nointegrity"],
  ntfs3: [],
};

/** What stands against a mount as evidence, in the order of `mountConcerns`. Shape: `device` null for file systems without one; `twins` as `writableTwins` gives them. */
export function concernsOf(mount: Mount, device: DeviceState | null, twins: readonly string[] = []): readonly MountConcern[] {
  const options = mount.superOptions.split(",");
  const readOnly = options.includes("ro") && mount.mountOptions.split(",").includes("ro");
  const isWritableDevice = device !== null && !device.readOnly;
  const found: Readonly<Record<MountConcern, boolean>> = {
    writable: !readOnly,
    overlay: overlays.includes(mount.fileSystem),
    device: isWritableDevice,
    twin: twins.length > 0 && !isWritableDevice,
    journal: isWritableDevice && !leavesJournal(mount),
  };
  return (Object.keys(mountConcerns) as MountConcern[]).filter((concern) => found[concern]);
}

/** True when the mount's options forbid that a journal is replayed, or there is none to replay. */
export function leavesJournal({ fileSystem, superOptions }: Pick<Mount, "fileSystem" | "superOptions">): boolean {
  const stopping = journaling[fileSystem];
  if (stopping === undefined) return true;
  const given = superOptions.split(",").flatMap((option) => (option.startsWith("rescue=") ? option.slice(7).split(":").map((one) => `rescue=${one}`) : [option]));
  return stopping.some((option) => given.includes(option));
}
