import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import { backingFile, deviceNumber, type Mount, mountOf, textOf } from "./mount.ts";

/** Something beneath a file system that can be read by itself. Shape: `path` Latin-1, one character a byte. */
export interface Layer {
  readonly path: string;
  readonly sizeBytes: number;
}

// A loop device over an image on another loop device, and so on: no lab stacks more.
const mostLayers = 16;

const sectorBytes = 512;

/**
 * What lies beneath caches that a file system's own reads cannot pass: the image behind a loop device, at any depth, and the drive that a FUSE file system's program
 * reads. Only the kernel is asked, and none of them is touched.
 *
 * Shape:  empty where reading a file directly asks the drive or the server itself.
 * Source: the kernel's documentation of sysfs, ABI/testing/sysfs-block.
 */
export function layersBeneath(mount: Mount | null, sys = "/sys/dev/block"): readonly Layer[] {
  return ofMount(mount, sys, mostLayers);
}

function ofMount(mount: Mount | null, sys: string, most: number): readonly Layer[] {
  const number = mount === null ? null : deviceNumber(mount, sys);
  if (mount === null || number === null || !existsSync(`${sys}/${number}`)) return [];
  // What stands for a slash in a device's name.
  const drive = (): string => `/dev/${basename(realpathSync(`${sys}/${number}`)).replaceAll("!", "/")}`;
  return [...(mount.fileSystem.startsWith("fuse") ? [{ path: drive(), sizeBytes: sizeOf(`${sys}/${number}`) }] : []), ...ofDevice(number, sys, most)];
}

function ofDevice(number: string, sys: string, most: number): readonly Layer[] {
  if (most === 0) return [];
  const device = `${sys}/${number}`;
  const image = backingFile(device);
  if (image !== null) return [{ path: image, sizeBytes: sizeOf(device) }, ...ofMount(mountOf(image), sys, most - 1)];
  return slavesOf(device).flatMap((slave) => ofDevice(slave, sys, most - 1));
}

/** Numbers of the devices that one, or the disk that it is a partition of, is made of. */
function slavesOf(device: string): readonly string[] {
  const disk = existsSync(`${device}/partition`) ? `${device}/..` : device;
  if (!existsSync(`${disk}/slaves`)) return [];
  return readdirSync(`${disk}/slaves`).flatMap((name) => textOf(`${disk}/slaves/${name}/dev`) ?? []);
}

function sizeOf(device: string): number {
  return Number(textOf(`${device}/size`) ?? 0) * sectorBytes;
}
