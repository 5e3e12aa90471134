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
    run("umount", [mounted]);
  }
  mountWhenFree(image, mounted);
  return { image, mounted };
}

/**
 * A sandbox that somebody starts at this moment may hold every mount for an instant: the image is then still at work as it was mounted before. Its loop device, which
 * may be written to, must be gone first, or the new mount takes that one, or stands beside it; both are evidence that a scan refuses.
 */
function mountWhenFree(image: string, mounted: string): void {
  for (let attempt = 0; run("losetup", ["-j", image]).length > 0; attempt++) {
    if (attempt === 100) throw new Error(`${image}: found it at work for ten seconds after it was unmounted, expected it free`);
    run("sleep", ["0.1"]);
  }
  run("mount", ["-o", "ro,loop,noload", image, mounted]);
}
