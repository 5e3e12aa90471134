import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EntryRow } from "../../src/record/view.ts";
import { pathBytes } from "../../src/path-text.ts";
import { bodyfile } from "../../src/reports/bodyfile.ts";
import { temporaryFolder } from "../support/folder.ts";
import { examined, pendingEntry, recordView, unreadEntry } from "../support/record-view.ts";
import { describeWith, has } from "../support/tools.ts";

const linesOf = (entries: readonly EntryRow[]): readonly (readonly string[])[] =>
  [...bodyfile.render(recordView({ entries, complete: entries.every(({ outcome }) => outcome !== "pending") }), { all: false, madeAt: "2026-04-17T12:00:00+02:00", version: "0.1.0" })]
    .join("")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("|"));

/** As the README says: path text from the left, up to an escape that path text does not have. */
function nameOf(text: string): { readonly bytes: string; readonly note: string } {
  const [, name, note] = /^((?:[^\\]|\\[^{])*)(.*)$/.exec(text)!;
  return { bytes: Buffer.from(pathBytes(name!)).toString("latin1"), note: note! };
}

it("a body file gives back the bytes of each name, and no name can pass for an entry that was not examined", () => {
  const names = ["a (unread: io)", "a (not yet reached)", "a\\{unread: io}", "a\\", "a\\\\{not yet reached}", "a|b\n", Buffer.from([0x61, 0xff])];
  const entries = names.flatMap((name, at) => [examined(3 * at, name), unreadEntry(3 * at + 1, name, "io"), { ...pendingEntry(3 * at + 2, ""), path: Buffer.from(name) }]);
  const read = linesOf(entries).map((cells) => nameOf(cells[1]!));
  expect(read).toEqual(names.flatMap((name) => ["", "\\{unread: io}", "\\{not yet reached}"].map((note) => ({ bytes: Buffer.from(name).toString("latin1"), note }))));
});

describeWith("fls and debugfs", has("fls") && has("debugfs") && has("mke2fs"), "the kinds of a body file", () => {
  it("are those that The Sleuth Kit states of such names and inodes", () => {
    const image = join(temporaryFolder(), "image");
    execFileSync("mke2fs", ["-q", "-t", "ext2", image, "1024"]);
    // A name takes its kind from the inode: a socket is a FIFO whose inode was altered before it got a second name.
    const modes: Readonly<Partial<Record<EntryRow["kind"], string>>> = { file: "0100644", link: "0120644", fifo: "010644", socket: "0140644", "character-device": "020644", "block-device": "060644" };
    for (const [kind, mode] of Object.entries(modes)) for (const request of [`mknod first-${kind} p`, `sif first-${kind} mode ${mode}`, `link first-${kind} ${kind}`]) execFileSync("debugfs", ["-w", "-R", request, image], { stdio: "ignore" });
    const listed = execFileSync("fls", ["-m", "", "-r", image], { encoding: "utf8" }).trimEnd().split("\n").map((line) => line.split("|"));
    const stated = new Map(listed.map((cells) => [cells[1]!.replace(/^\/| -> .*$/g, ""), cells[3]]));
    const kinds = Object.keys(modes) as EntryRow["kind"][];
    const ours = linesOf(kinds.map((kind, no) => examined(no, kind, { kind, ...(kind === "file" ? {} : { outcome: "without-content", digests: {} }) })));
    expect(ours.map((cells) => [cells[1], cells[3]])).toEqual(kinds.map((kind) => [kind, stated.get(kind)]));
    expect(stated.get("socket")).toBe("s/hrw-r--r--");
  });
});
