import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { deviceNumber, type Mount } from "./mount.ts";

/**
 * Path of what the file system under a mount lies on, whole: the image file behind a loop device, else the drive; of a partition what holds it.
 *
 * Shape: Latin-1 text, one character a byte; null for file systems without a block device.
 * Source: the kernel's documentation of sysfs, ABI/testing/sysfs-block.
 */
export function imageBeneath(mount: Mount): string | null {
  const number = deviceNumber(mount);
  if (number === null) return null;
  const own = realpathSync(`/sys/dev/block/${number}`);
  const whole = existsSync(join(own, "partition")) ? dirname(own) : own;
  const backing = join(whole, "loop/backing_file");
  if (existsSync(backing)) return readFileSync(backing, "latin1").replace(/\n$/, "");
  // What stands for a slash in a device's name.
  return `/dev/${basename(whole).replaceAll("!", "/")}`;
}
