import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./tools.ts";

/** An ext4 image with a tree of its own, mounted the way an examiner mounts evidence. Needs root, losetup, mkfs.ext4. */
export interface Exhibit {
  readonly image: string;
  readonly mounted: string;
}

/** Makes an image, lets `fill` write into it, and mounts it read-only (`ro,loop,noload`). The folder must be a temporary one of the test: it unmounts what lies below it. */
export function ext4Exhibit(folder: string, sizeMegabytes: number, fill: (root: string) => void): Exhibit {
  const image = join(folder, "exhibit.img");
  const mounted = join(folder, "exhibit");
  mkdirSync(mounted, { recursive: true });
  run("truncate", ["-s", `${sizeMegabytes}M`, image]);
  run("mkfs.ext4", ["-q", "-F", image]);
  run("mount", ["-o", "loop", image, mounted]);
  try {
    fill(mounted);
  } finally {
    unmount(mounted, image);
  }
  run("mount", ["-o", evidenceOptions, image, mounted]);
  return { image, mounted };
}

/** How an examiner mounts an image. */
export const evidenceOptions = "ro,loop,noload";

/** Unmounts an image and waits until its loop device is gone with it. */
export function unmount(mounted: string, image: string): void {
  run("umount", [mounted]);
  untilFree(image);
}

/**
 * A sandbox that somebody starts at this moment may hold every mount for an instant: the image is then still at work as it was mounted before. Its loop devices (or the
 * one named) must be gone before it is mounted in another way, or the new mount takes the old device, or stands beside it. Throws after ten seconds.
 */
export function untilFree(image: string, device = ""): void {
  for (let attempt = 0; ; attempt++) {
    const held = run("losetup", ["-j", image]).toString();
    if (held === "" || !held.includes(device)) return;
    if (attempt === 100) throw new Error(`${image}: found it at work for ten seconds after it was unmounted (${held.trim()}), expected it free`);
    run("sleep", ["0.1"]);
  }
}
