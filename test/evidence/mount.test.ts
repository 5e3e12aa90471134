import { describe, expect, it } from "vitest";
import { isWithin, mountOf, mounts } from "../../src/evidence/mount.ts";

const table = [
  "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
  "30 22 7:0 / /mnt/exhibit\\0407 ro,nosuid - ext4 /dev/loop0 ro,norecovery",
  "31 22 7:1 / /mnt/exhibit\\04077 ro - ext4 /dev/loop1 rw",
  "32 30 7:2 / /mnt/exhibit\\0407/inner rw - vfat /dev/loop2 rw",
  "",
].join("\n");

describe("mounts", () => {
  const all = mounts(table);

  it("finds the mount that a path lies on, spaces and all", () => {
    expect(mountOf("/mnt/exhibit 7", all)).toMatchObject({ source: "/dev/loop0", device: "7:0", fileSystem: "ext4" });
    expect(mountOf("/mnt/exhibit 7/a/b", all)?.source).toBe("/dev/loop0");
    expect(mountOf("/mnt/exhibit 77", all)?.source).toBe("/dev/loop1");
    expect(mountOf("/mnt/exhibit 7/inner/x", all)?.source).toBe("/dev/loop2");
    expect(mountOf("/mnt", all)?.source).toBe("/dev/vda");
  });

  it("takes the last of several mounts on one place: it hides the others", () => {
    const covered = mounts(`${table}40 30 7:9 / /mnt/exhibit\\0407 rw - ext4 /dev/loop9 rw\n`);
    expect(mountOf("/mnt/exhibit 7", covered)?.source).toBe("/dev/loop9");
  });

  it("knows inside from beside", () => {
    expect(isWithin("/a/b", "/a/b")).toBe(true);
    expect(isWithin("/a/b/c", "/a/b")).toBe(true);
    expect(isWithin("/a/bc", "/a/b")).toBe(false);
    expect(isWithin("/a", "/")).toBe(true);
  });

  it("reads this machine's own table", () => expect(mountOf("/")).not.toBeNull());
});
