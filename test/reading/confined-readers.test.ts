import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { ConfinementTried } from "../../src/isolation.ts";
import { type ConfinedReaders, startConfinedReaders } from "../../src/reading/confined-readers.ts";
import { altering, confinement, dist, evidence, folder, isRoot, readerProgram, secret } from "../support/confined-evidence.ts";
import { attempts, programIn, said } from "../support/confined-program.ts";
import { childrenOf, isRunning, until } from "../support/decoder-program.ts";
import { entryFor } from "../support/entry.ts";
import { evidenceOptions, ext4Exhibit, unmount } from "../support/ext4.ts";
import { mayMountFaults, mountFaults } from "../support/fuse.ts";
import { type FuseFile, treeOf } from "../support/fuse-tree.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

let readers: ConfinedReaders | undefined;
afterEach(() => readers?.close());

const lowered: ConfinementTried[] = [];
const warned: string[] = [];

function start(more: { readonly hidden?: readonly string[]; readonly program?: string; readonly perceptual?: boolean; readonly stallMs?: number; readonly root?: Buffer } = {}): ConfinedReaders {
  const { hidden = [], program = readerProgram, perceptual = false, stallMs = 60_000, root = Buffer.from(evidence) } = more;
  readers = startConfinedReaders({
    ...{ program, decoderProgram: join(dist, "perceptual/decoder-process.js"), isolation: "sandbox", count: 1, digests: ["sha256"], perceptual, stallMs },
    ...{ roots: [root], hidden: hidden.map((path) => Buffer.from(path)), lowered: (tried) => void lowered.push(tried), warned: (message) => void warned.push(message) },
  });
  return readers;
}

describeWith("root, who may mount, and bwrap", mayMount && maySandbox, "a scan that has ended", () => {
  it("lets go of the evidence's mount: its loop device is free as soon as it is unmounted", async () => {
    const { image, mounted } = ext4Exhibit(folder, 16, (root) => writeFileSync(join(root, "file"), "content"));
    for (let round = 0; round < 3; round++) {
      const running = start({ root: Buffer.from(mounted), perceptual: true });
      expect((await running.confine(Buffer.from(mounted))).confinement).toBe("nobody");
      await running.close();
      expect(() => unmount(mounted, image)).not.toThrow();
      run("mount", ["-o", evidenceOptions, image, mounted]);
    }
  });
});

describeWith("bwrap", maySandbox, "readers", () => {
  it("are confined in the strongest way, decode there, and read a file of its owner's below a root whose name is no text", async () => {
    const root = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x62, 0xff, 0xfe, 0x20, 0x0a])]);
    mkdirSync(root);
    writeFileSync(Buffer.concat([root, Buffer.from("/own")]), "of its owner", { mode: 0o600 });
    const running = start({ root, perceptual: true, hidden: [secret] });
    expect(await running.confine(root)).toEqual({ confinement, refused: [] });
    const [finding] = await running.read(root, [entryFor(root, "own")]);
    expect(finding).toMatchObject({ outcome: "examined", digests: { sha256: Uint8Array.from(createHash("sha256").update("of its owner").digest()) } });
  });

  it("see what is mounted below the evidence as it is mounted", async () => {
    if (!mayMount) return;
    mkdirSync(join(evidence, "inner"));
    run("mount", ["-t", "tmpfs", "none", join(evidence, "inner")]);
    writeFileSync(join(evidence, "inner/file"), "within");
    const running = start();
    expect((await running.confine(Buffer.from(evidence))).confinement).toBe("nobody");
    const [finding] = await running.read(Buffer.from(evidence), [entryFor(evidence, "inner/file")]);
    expect(finding).toMatchObject({ outcome: "examined" });
    const altered = await said("nobody", programIn(join(folder, "inner"), attempts(altering.replaceAll(`"open"`, `"file"`))), [Buffer.from(evidence)], { evidence: join(evidence, "inner") });
    expect(altered["create"]).toBe("EROFS");
    run("umount", [join(evidence, "inner")]);
  });

  it("read with their own user what nobody may not read, and say so once", async () => {
    if (!mayMount) return;
    // Through a process's folder the kernel lets only its own user pass, whatever right to read somebody has: as a server of files may.
    const passed = spawn("setpriv", ["--inh-caps=-all", "--bounding-set=-all", "sleep", "60"]);
    const root = join(folder, "lower");
    const inner = join(root, "sub/own");
    mkdirSync(inner, { recursive: true });
    await until(() => readFileSync(`/proc/${passed.pid}/comm`, "latin1") === "sleep\n");
    run("mount", ["--bind", `/proc/${passed.pid}`, inner]);
    writeFileSync(join(root, "before"), "open to all");
    const running = start({ root: Buffer.from(root) });
    expect(await running.confine(Buffer.from(root))).toEqual({ confinement: "nobody", refused: [] });
    const entries = ["before", `sub/own/root${evidence}/open`, `sub/own/root${evidence}/closed/own`].map((name, no) => entryFor(root, name, no));
    for (const batch of [entries, entries]) expect((await running.read(Buffer.from(root), batch)).map(({ no, outcome }) => [no, outcome])).toEqual(entries.map(({ no }) => [no, "examined"]));
    expect(lowered).toEqual([{ confinement: "read-only", refused: [{ confinement: "nobody", found: expect.stringContaining("some files could not be read in it") }] }]);
    run("umount", [inner]);
    passed.kill();
  });

  it("are confined as strongly where names of the evidence are broken, also the first, and also all", async () => {
    if (!mayMountFaults) return;
    const broken: FuseFile = { kind: "file", sizeBytes: 1, seed: 1, lookError: { afterLooks: 0, code: "EIO" } };
    const [one, folderToo] = [{ code: "EUCLEAN", atEntry: 3 } as const, { code: "EIO", atEntry: 0 } as const];
    for (const [at, files, listingError] of [[0, [broken, broken, broken], one], [1, [broken, { kind: "file", sizeBytes: 1, seed: 2 } as FuseFile], undefined], [2, [broken], folderToo]] as const) {
      const tree = treeOf((add) => ({ kind: "folder", names: files.map((file, no) => ({ name: `file ${no}`, node: add(file) })), ...(listingError === undefined ? {} : { listingError }) }));
      const mounted = await mountFaults(join(folder, `broken ${at}`), tree);
      const running = start({ root: Buffer.from(mounted.root) });
      try {
        expect(await running.confine(Buffer.from(mounted.root))).toEqual({ confinement, refused: [] });
      } finally {
        await running.close();
        await mounted.unmount();
      }
    }
  });

  it("are less confined where what must hold does not, and say what was found", async () => {
    // The evidence itself is "hidden": no confinement can hold what it promises.
    const found = "the case or the lists were seen from inside";
    const tried: ConfinementTried = await start({ hidden: [evidence] }).confine(Buffer.from(evidence));
    expect(tried).toEqual({ confinement: "plain", refused: [...(isRoot ? [{ confinement: "nobody", found }] : []), { confinement: "read-only", found }] });
    expect(await readers!.read(Buffer.from(evidence), [entryFor(evidence, "open")])).toMatchObject([{ outcome: "examined" }]);
  });

  it("may take longer to find out about themselves than they may be silent later", async () => {
    expect(await start({ perceptual: true, stallMs: 50 }).confine(Buffer.from(evidence))).toEqual({ confinement, refused: [] });
  });

  it("whose programs do not start are refused with what these said", async () => {
    const program = programIn(join(folder, "broken"), `throw new Error("broken on purpose");`);
    const tried = await start({ program }).confine(Buffer.from(evidence));
    expect(tried.confinement).toBe("plain");
    for (const { found } of tried.refused) expect(found).toMatch(/^reader: its process ended \(.*broken\/dist\/cli\/program\.mjs/);
  });

  it("leave no process behind when the main process is killed", async () => {
    const main = spawn(process.execPath, ["--input-type=module", "-e", `
      import { startConfinedReaders } from ${JSON.stringify(join(dist, "reading/confined-readers.js"))};
      const readers = startConfinedReaders({ program: ${JSON.stringify(readerProgram)}, decoderProgram: ${JSON.stringify(join(dist, "perceptual/decoder-process.js"))}, isolation: "sandbox", count: 1, digests: ["sha256", "md5"], perceptual: true, stallMs: 60000, roots: [Buffer.from(${JSON.stringify(evidence)})], hidden: [], lowered: () => undefined, warned: () => undefined });
      console.log((await readers.confine(Buffer.from(${JSON.stringify(evidence)}))).confinement);
      setTimeout(() => process.exit(), 60_000);
    `], { stdio: ["ignore", "pipe", "inherit"] });
    expect(String(await new Promise((settled) => main.stdout.once("data", settled))).trim()).toBe(confinement);
    const all = below(main.pid!);
    // The reader and its decoder, each with what confines it.
    expect(all.length).toBeGreaterThanOrEqual(6);
    main.kill("SIGKILL");
    await until(() => all.every((each) => !isRunning(each)));
  });
});

function below(processNumber: number): readonly number[] {
  return childrenOf(processNumber).flatMap((child) => [child, ...below(child)]);
}
