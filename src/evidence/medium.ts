import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { backingFile, deviceNumber, type Mount, mountOf, textOf } from "./mount.ts";

/** Whether going from place to place on what holds the evidence costs time, as the operating system tells. */
export type Medium = "rotating" | "not-rotating" | "untold";

// A loop device over an image on another loop device, and so on: no lab stacks more.
const mostLayers = 16;

/** Drivers for disks that another machine makes up: they state that these rotate whatever they are. Shape: names of the kernel's buses. */
const madeUpBuses: readonly string[] = ["virtio", "xen"];
const madeUpMakers = /\b(?:QEMU|VBOX|VMware|Virtual|Msft)\b/i;

/**
 * What a mount lies on: the disk of its partition, below loop devices the disk of the image file, below device mapper and RAID those that they are made of.
 *
 * Shape: "untold" for file systems without a block device (network, memory, most of FUSE), for a virtual machine's disk that is said to rotate, and for what cannot be
 *        followed; `sys` is the kernel's folder of block devices by number.
 */
export function mediumOf(mount: Mount | null, sys = "/sys/dev/block"): Medium {
  return ofMount(mount, sys, mostLayers);
}

function ofMount(mount: Mount | null, sys: string, layers: number): Medium {
  const number = mount === null ? null : deviceNumber(mount, sys);
  return number === null ? "untold" : ofDevice(number, sys, layers);
}

function ofDevice(number: string, sys: string, layers: number): Medium {
  const device = `${sys}/${number}`;
  if (layers === 0 || !existsSync(device)) return "untold";
  const image = backingFile(device);
  // A file of another name space is not the one that has this name here.
  if (image !== null) return existsSync(Buffer.from(image, "latin1")) ? ofMount(mountOf(image), sys, layers - 1) : "untold";
  const disk = existsSync(`${device}/partition`) ? `${device}/..` : device;
  const below = partsOf(disk);
  if (below.length > 0) return ofSeveral(below.map((part) => ofDevice(part, sys, layers - 1)));
  const told = textOf(`${disk}/queue/rotational`);
  if (told === "0") return "not-rotating";
  return told === "1" && !isMadeUp(disk) ? "rotating" : "untold";
}

/** Numbers of the devices that one is made of. */
function partsOf(disk: string): readonly string[] {
  try {
    return readdirSync(`${disk}/slaves`).flatMap((name) => textOf(`${disk}/slaves/${name}/dev`) ?? []);
  } catch {
    return [];
  }
}

/** One disk that rotates makes all wait. */
function ofSeveral(parts: readonly Medium[]): Medium {
  if (parts.includes("rotating")) return "rotating";
  return parts.every((part) => part === "not-rotating") ? "not-rotating" : "untold";
}

function isMadeUp(disk: string): boolean {
  const unit = `${disk}/device`;
  return madeUpBuses.includes(linked(`${unit}/subsystem`)) || madeUpMakers.test(`${textOf(`${unit}/vendor`) ?? ""} ${textOf(`${unit}/model`) ?? ""}`);
}

/** Last name of what a link points to; empty where there is none. */
function linked(path: string): string {
  try {
    return basename(readlinkSync(path));
  } catch {
    return "";
  }
}
