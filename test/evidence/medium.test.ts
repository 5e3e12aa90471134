import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type Medium, mediumOf } from "../../src/evidence/medium.ts";
import { deviceNumber, type Mount, mountOf } from "../../src/evidence/mount.ts";
import { ext4Exhibit } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { describeWith, mayMount } from "../support/tools.ts";

const folder = temporaryFolder();
let trees = 0;
let sys = "";
let byNumber = "";

/** A device of a tree like the kernel's: its folder, its link by number, small files of one line, links to others. */
function device(place: string, number: string, files: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of Object.entries({ dev: number, ...files })) {
    mkdirSync(join(sys, place, name, ".."), { recursive: true });
    writeFileSync(join(sys, place, name), `${text}\n`);
  }
  symlinkSync(join("../..", place), join(byNumber, number));
}

function linked(from: string, to: string): void {
  mkdirSync(join(sys, from, ".."), { recursive: true });
  symlinkSync(join(sys, to), join(sys, from));
}

const on = (number: string): Medium => mediumOf({ ...mountOf("/")!, device: number, source: "none" }, byNumber);

beforeEach(() => {
  sys = join(folder, `sys-${trees++}`);
  byNumber = join(sys, "dev/block");
  mkdirSync(byNumber, { recursive: true });
  device("block/sda", "8:0", { "queue/rotational": "1", "device/vendor": "ATA", "device/model": "ST4000VN008" });
  device("block/sda/sda1", "8:1", { partition: "1" });
  device("block/sdb", "8:16", { "queue/rotational": "0" });
});

describe("the medium below a mount", () => {
  it("is that of the disk, and of its partitions", () => {
    expect([on("8:0"), on("8:1"), on("8:16")]).toEqual(["rotating", "rotating", "not-rotating"]);
  });

  it("of devices that are made of others rotates where one of them does", () => {
    for (const [place, number, parts] of [["dm-0", "253:0", ["sda/sda1"]], ["dm-1", "253:1", ["sdb"]], ["md0", "9:0", ["sda", "sdb"]]] as const) {
      device(`block/${place}`, number, { "queue/rotational": "0" });
      for (const part of parts) linked(`block/${place}/slaves/${part.replace("/", "-")}`, `block/${part}`);
    }
    expect([on("253:0"), on("253:1"), on("9:0")]).toEqual(["rotating", "not-rotating", "rotating"]);
  });

  it("cannot be told of a virtual machine's disk that is said to rotate, nor of what is no block device", () => {
    device("block/vda", "254:0", { "queue/rotational": "1" });
    linked("block/vda/device/subsystem", "bus/virtio");
    device("block/sdc", "8:32", { "queue/rotational": "1", "device/vendor": "ATA", "device/model": "QEMU HARDDISK" });
    device("block/vdb", "254:16", { "queue/rotational": "0" });
    linked("block/vdb/device/subsystem", "bus/virtio");
    device("block/odd", "1:1", { "queue/rotational": "perhaps" });
    expect(["254:0", "8:32", "254:16", "1:1", "0:50"].map(on)).toEqual(["untold", "untold", "not-rotating", "untold", "untold"]);
    expect(mediumOf(null, byNumber)).toBe("untold");
  });

  it("of an image on a loop device is that of the disk that holds the image file, through a partition of it and another image", () => {
    const image = join(folder, "image one");
    writeFileSync(image, "");
    const own = deviceNumber(mountOf(folder)!) ?? mountOf(folder)!.device;
    device("block/sdd", own, { "queue/rotational": "1" });
    device("block/loop0", "7:0", { "queue/rotational": "0", "loop/backing_file": image });
    device("block/loop0/loop0p1", "259:0", { partition: "1" });
    device("block/loop1", "7:1", { "queue/rotational": "0", "loop/backing_file": `${image} (deleted)` });
    expect([on("7:0"), on("259:0"), on("7:1")]).toEqual(["rotating", "rotating", "untold"]);
    rmSync(join(byNumber, own));
    expect(on("7:0"), "a disk that the kernel does not show").toBe("untold");
  });

  it("ends where devices are made of themselves", () => {
    device("block/dm-9", "253:9");
    linked("block/dm-9/slaves/dm-9", "block/dm-9");
    expect(on("253:9")).toBe("untold");
  });

  it("is found for every mount of this machine", () => {
    const root: Mount | null = mountOf("/");
    expect(["rotating", "not-rotating", "untold"]).toContain(mediumOf(root));
  });
});

describeWith("root, losetup and mkfs.ext4", mayMount, "the medium below a mounted image", () => {
  it("is that of the folder with the image, by the kernel's own tree", () => {
    const { image, mounted } = ext4Exhibit(folder, 16, () => undefined);
    expect(mountOf(mounted)!.source).toMatch(/^\/dev\/loop/);
    expect(mediumOf(mountOf(mounted))).toBe(mediumOf(mountOf(image)));
  });
});
