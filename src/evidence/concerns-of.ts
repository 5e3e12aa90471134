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

/** What stands against a mount as evidence, in the order of `mountConcerns`. Shape: `device` null for file systems without one. */
export function concernsOf(mount: Mount, device: DeviceState | null): readonly MountConcern[] {
  const options = mount.superOptions.split(",");
  const readOnly = options.includes("ro") && mount.mountOptions.split(",").includes("ro");
  const isWritableDevice = device !== null && !device.readOnly;
  const stopping = journaling[mount.fileSystem];
  const found: Readonly<Record<MountConcern, boolean>> = {
    writable: !readOnly,
    overlay: overlays.includes(mount.fileSystem),
    device: isWritableDevice,
    journal: isWritableDevice && stopping !== undefined && !stopping.some((option) => options.some((given) => given === option || given.split("=")[1]?.split(":").includes(option) === true)),
  };
  return (Object.keys(mountConcerns) as MountConcern[]).filter((concern) => found[concern]);
}
