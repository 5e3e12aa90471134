import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastTriageClass, triageClass } from "../../src/evidence/triage.ts";
import { extensionsOf, gatheringFolders, rootFolders, systemFolders, userFolders, volumeFolders } from "../../src/evidence/triage-words.ts";

const classOf = (path: string, sizeBytes = 100_000): number => triageClass(Buffer.from(path), sizeBytes, "file");

describe("the class of an entry in triage", () => {
  it.each<[number, readonly string[]]>([
    [0, ["Users/anna/Pictures/a.jpg", "DCIM/100CANON/IMG_0001.CR2", "home/anna/Bilder/x/y/z.PNG", "Documents and Settings/Anna/Desktop/b.gif", "$Recycle.Bin/S-1-5-21/$R1.heic", "media/0/WhatsApp/Media/WhatsApp Images/c.webp"]],
    [0, ["home/anna/.local/share/Trash/files/a.bmp", ".Trash-1000/files/a.tif", "Users/anna/OneDrive - Firm/a.avif", "partition-2/Users/anna/Downloads/a.jpeg", "home/anna/Рабочий стол/a.jpg", "Users/anna/T\u00c9L\u00c9CHARGEMENTS/a.jpg"]],
    [1, ["Users/anna/Videos/a.mp4", "Users/anna/Downloads/a.zip", "DCIM/.thumbdata", "Users/anna/Pictures/f_00012", "Users/anna/AppData/Local/Cache/a.jpg", "home/anna/projects/a.png"]],
    [2, ["Users/anna/Desktop/letter.docx", "home/anna/a.mkv", "home/anna/.cache/browser/f_00012", "srv/a.jpg", "backup.tar", "data/a.mov"]],
    [3, ["Users/anna/letter.docx", "home/anna/notes.txt", "srv/database", "readme"]],
    [4, ["Windows/Web/Wallpaper/a.jpg", "Program Files (x86)/Game/Pictures/a.png", "usr/share/icons/a.png", "lib/firmware/a", "disk-1/Windows/System32/a.dll", "System/Library/a.jpg", "var/lib/dpkg/a.zip"]],
    // What has a user's folder in its name above is a user's, whatever it is called below; at a partition's depth only is a system's folder one.
    [1, ["Users/anna/Library/Caches/a.jpg", "usr/home/anna/a.jpg"]],
    [2, ["a/b/Windows/a.jpg", "windows.jpg"]],
  ])("%i", (expected, paths) => {
    for (const path of paths) expect([path, classOf(path)]).toEqual([path, expected]);
  });

  it("is the same for a name that is stored composed and decomposed", () => {
    for (const folder of gatheringFolders) for (const form of ["NFC", "NFD"] as const) expect([folder, form, classOf(`Users/anna/${folder.toUpperCase().normalize(form)}/a.jpg`)]).toEqual([folder, form, 0]);
  });

  it.each<[number, readonly string[]]>([
    [0, ["System/Volumes/Data/Users/anna/Pictures/a.jpg", "disk-1/System/Volumes/Data/DCIM/a.jpg", "run/media/anna/stick/DCIM/a.jpg", "root/Users/anna/Pictures/a.jpg", "root/Pictures/a.jpg", "root/System/Volumes/Data/Users/anna/Desktop/a.jpg"]],
    [1, ["System/Volumes/Data/Users/anna/a.jpg", "System/Volumes/Data/Users/anna/Library/a.jpg", "run/media/anna/stick/a.jpg", "root/a.jpg", "root/project/lib/a.jpg", "root/home/anna/bin/a.jpg", "private/var/root/a.jpg"]],
    [2, ["System/Volumes/Data/a.jpg", "root/System/Volumes/Data/a.jpg", "srv/root/a.jpg"]],
    [4, ["System/Volumes/Data/Library/a.jpg", "System/Volumes/Data/System/Library/a.jpg", "System/Volumes/Preboot/a.jpg", "System/Volumes/Data", "System/Volumes/a.jpg", "run/user/a.jpg", "root/System/Library/a.png", "root/usr/share/icons/a.png", "usr/root/a.jpg", "Windows/Users/a.jpg"]],
  ])("%i where a volume or a user's folder lies in a system's, or the other way round", (expected, paths) => {
    for (const path of paths) expect([path, classOf(path)]).toEqual([path, expected]);
  });

  it("takes a file without an extension for a picture or video only when its size is one's", () => {
    for (const [sizeBytes, expected] of [[0, 2], [2047, 2], [2048, 1], [64 * 1024 * 1024, 1], [64 * 1024 * 1024 + 1, 2]] as const) expect([sizeBytes, classOf("DCIM/a", sizeBytes)]).toEqual([sizeBytes, expected]);
  });

  it("is the last for what holds no content", () => {
    for (const kind of ["folder", "link", "fifo", "socket", "character-device", "block-device"] as const) expect(triageClass(Buffer.from("DCIM/a.jpg"), 0, kind)).toBe(lastTriageClass);
  });

  it("exists for every path, hostile ones included, and depends on path, size and kind alone", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(), (path, sizeBytes) => {
        const found = triageClass(path, sizeBytes, "file");
        expect([0, 1, 2, 3, 4]).toContain(found);
        // A view into other bytes, as names of the walk are.
        const view = Buffer.concat([Buffer.from("Windows/"), path, Buffer.from("/x")]).subarray(8, 8 + path.length);
        expect(triageClass(view, sizeBytes, "file")).toBe(found);
      }),
    );
  });

  it("knows its own words: lower case, none twice, none in two tables", () => {
    const folders = [...gatheringFolders, ...userFolders, ...rootFolders, ...systemFolders, ...volumeFolders];
    const extensions = Object.values(extensionsOf).flat();
    for (const words of [folders, extensions]) {
      expect(words.map((word) => word.toLowerCase().normalize("NFC"))).toEqual(words);
      expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
    }
    // Each of them is found: a word that is spelt otherwise than it is looked up, would say nothing.
    for (const folder of gatheringFolders) expect([folder, classOf(`${folder}/a.jpg`)]).toEqual([folder, 0]);
    for (const folder of [...userFolders, ...rootFolders]) expect([folder, classOf(`${folder}/a.jpg`)]).toEqual([folder, 1]);
    for (const folder of volumeFolders) expect([folder, classOf(`${folder}/a.jpg`), classOf(`${folder}/windows/a.jpg`)]).toEqual([folder, 2, 4]);
    for (const folder of systemFolders) expect([folder, classOf(`${folder}/a.jpg`)]).toEqual([folder, 4]);
    for (const extension of extensionsOf.archive) expect([extension, classOf(`DCIM/a.${extension.toUpperCase()}`)]).toEqual([extension, 1]);
  });
});
