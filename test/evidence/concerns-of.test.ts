import { describe, expect, it } from "vitest";
import { concernsOf } from "../../src/evidence/concerns-of.ts";
import type { DeviceState, Mount } from "../../src/evidence/mount.ts";

const mount = (stated: Partial<Mount> = {}): Mount => ({
  id: "30",
  mountPoint: "/mnt/x",
  device: "7:0",
  rootInFileSystem: "/",
  fileSystem: "ext4",
  source: "/dev/loop0",
  mountOptions: "ro,relatime",
  superOptions: "ro,norecovery",
  ...stated,
});
const device = (readOnly: boolean): DeviceState => ({ number: "7:0", readOnly, writesCompleted: "0", sectorsWritten: "0" });

describe("what stands against a mount", () => {
  it("is nothing where mount, file system and device are read-only", () => {
    expect(concernsOf(mount(), device(true))).toEqual([]);
    expect(concernsOf(mount({ superOptions: "ro" }), device(true)), "nobody could replay a journal").toEqual([]);
    expect(concernsOf(mount({ fileSystem: "tmpfs", superOptions: "ro" }), null)).toEqual([]);
  });

  it.each([
    ["the mount is writable", mount({ mountOptions: "rw" }), device(true), ["writable"]],
    ["its file system is, through another mount", mount({ superOptions: "rw" }), device(true), ["writable"]],
    ["the device can be written to", mount(), device(false), ["device"]],
    ["a journal may have been replayed", mount({ superOptions: "ro" }), device(false), ["device", "journal"]],
    ["a journal of XFS may have been", mount({ fileSystem: "xfs", superOptions: "ro,attr2" }), device(false), ["device", "journal"]],
    ["XFS was told to leave it alone", mount({ fileSystem: "xfs", superOptions: "ro,norecovery" }), device(false), ["device"]],
    ["btrfs was told so in a list of rescues", mount({ fileSystem: "btrfs", superOptions: "ro,rescue=nologreplay:usebackuproot" }), device(false), ["device"]],
    ["a name only looks like the option", mount({ superOptions: "ro,norecoveryx,data=ordered" }), device(false), ["device", "journal"]],
    ["a file system without a journal", mount({ fileSystem: "squashfs", superOptions: "ro" }), device(false), ["device"]],
    ["it is an overlay", mount({ fileSystem: "overlay", superOptions: "ro,lowerdir=/a" }), null, ["overlay"]],
  ] as const)("%s", (_, found, on, expected) => expect(concernsOf(found, on)).toEqual(expected));
});
