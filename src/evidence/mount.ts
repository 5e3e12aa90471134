import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { O_PATH } from "./open-path.ts";

/** A line of /proc/self/mountinfo, as far as it matters here. Source: proc(5). */
export interface Mount {
  /** The kernel's number of this mount, among those of this process. */
  readonly id: string;
  readonly mountPoint: string;
  readonly device: string;
  readonly rootInFileSystem: string;
  readonly fileSystem: string;
  readonly source: string;
  readonly mountOptions: string;
  readonly superOptions: string;
}

/** What the kernel says of a block device now. Units: sectors of 512 bytes. Decimal text, for the counters are 64 bits wide. */
export interface DeviceState {
  readonly number: string;
  readonly readOnly: boolean;
  readonly writesCompleted: string;
  readonly sectorsWritten: string;
}

/** The mounts of this process, in the kernel's order. Paths are Latin-1 text: one character a byte. */
export function mounts(mountInfo: string = readFileSync("/proc/self/mountinfo", "latin1")): Mount[] {
  return mountInfo
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [left, right] = line.split(" - ");
      const before = (left ?? "").split(" ");
      const after = (right ?? "").split(" ");
      return {
        id: before[0] ?? "",
        mountPoint: octalsRead(before[4] ?? ""),
        device: before[2] ?? "",
        rootInFileSystem: octalsRead(before[3] ?? ""),
        mountOptions: before[5] ?? "",
        fileSystem: after[0] ?? "",
        source: octalsRead(after[1] ?? ""),
        superOptions: after[2] ?? "",
      };
    });
}

/** The mount that an absolute, resolved path lies on, or null where the kernel does not say. */
export function mountOf(path: string, all: readonly Mount[] = mounts()): Mount | null {
  let best: Mount | null = null;
  for (const mount of all) if (isWithin(path, mount.mountPoint) && mount.mountPoint.length >= (best?.mountPoint.length ?? 0)) best = mount;
  return best;
}

/**
 * The mount that a resolved folder lies on, as the kernel has it: of two that are mounted over one another a path alone does not tell which one is seen. Null
 * where the folder cannot be opened, or the kernel does not say.
 */
export function mountOfFolder(path: string, all: readonly Mount[] = mounts()): Mount | null {
  let folder: number;
  try {
    folder = openSync(Buffer.from(path, "latin1"), O_PATH | constants.O_DIRECTORY);
  } catch {
    return null;
  }
  try {
    const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${folder}`, "latin1"))?.[1];
    return all.find((mount) => mount.id === id) ?? null;
  } finally {
    closeSync(folder);
  }
}

/** True when a resolved path is the folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/**
 * "major:minor" of the block device under a mount; null when there is none (tmpfs, network, most of FUSE). File systems that make a number of their own, as
 * btrfs does, name their device as the source.
 */
export function deviceNumber(mount: Mount, sys = "/sys/dev/block"): string | null {
  if (existsSync(`${sys}/${mount.device}`)) return mount.device;
  if (!mount.source.startsWith("/dev/")) return null;
  const status = statSync(Buffer.from(mount.source, "latin1"), { throwIfNoEntry: false });
  if (status?.isBlockDevice() !== true) return null;
  // As the kernel packs a device's number: major in bits 8..19 and from 32 on, minor in bits 0..7 and 20..31.
  const major = ((status.rdev >>> 8) & 0xfff) | 0;
  const minor = (status.rdev & 0xff) | ((status.rdev >>> 12) & 0xfff00);
  return `${major}:${minor}`;
}

/** Where something is mounted below a resolved folder, relative to it: also single files, and folders of the same file system (bind mounts). */
export function mountPointsBelow(folder: string, all: readonly Mount[] = mounts()): ReadonlySet<string> {
  const above = folder.endsWith("/") ? folder : `${folder}/`;
  return new Set(all.flatMap(({ mountPoint }) => (mountPoint.startsWith(above) && mountPoint !== above ? [mountPoint.slice(above.length)] : [])));
}

/** State of a block device, null when there is none of that number. */
export function deviceState(number: string, sys = "/sys/dev/block"): DeviceState | null {
  try {
    const counters = readFileSync(`${sys}/${number}/stat`, "latin1").trim().split(/\s+/);
    return {
      number,
      readOnly: readFileSync(`${sys}/${number}/ro`, "latin1").trim() === "1",
      writesCompleted: counters[4] ?? "",
      sectorsWritten: counters[6] ?? "",
    };
  } catch {
    return null;
  }
}

/** Other loop devices over the image behind a loop device that could be written to through them. Shape: names as "loop3". */
export function writableTwins(number: string, sys = "/sys"): readonly string[] {
  const image = backingFile(`${sys}/dev/block/${number}`);
  if (image === null) return [];
  return readdirSync(`${sys}/block`).filter((name) => {
    const place = `${sys}/block/${name}`;
    return name.startsWith("loop") && backingFile(place) === image && textOf(`${place}/ro`) === "0";
  });
}

/** The file behind a loop device, or behind that of a partition; null for any other. Shape: `place` its folder below /sys; Latin-1. */
export function backingFile(place: string): string | null {
  return textOf(`${place}/loop/backing_file`) ?? textOf(`${place}/../loop/backing_file`);
}

/** What a small file of the kernel says; null where there is none. Shape: Latin-1. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return null;
  }
}

/** Text in which programs and the kernel wrote bytes that would break a line as a backslash and three octal digits. Shape: Latin-1. */
export function octalsRead(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
