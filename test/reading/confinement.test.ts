import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type ListenOptions, type Server } from "node:net";
import { join, resolve } from "node:path";
import { afterEach, beforeAll, expect, it } from "vitest";
import type { Confinement, ConfinementTried } from "../../src/isolation.ts";
import { type Architecture, systemCallNumber } from "../../src/seccomp/system-calls.ts";
import { type ConfinedReaders, startConfinedReaders } from "../../src/reading/confined-readers.ts";
import { type ReaderCommand, readerCommand } from "../../src/reading/reader-command.ts";
import { attempts, programIn, said, startCommand, startConfined } from "../support/confined-program.ts";
import { childrenOf, isRunning, until } from "../support/decoder-program.ts";
import { entryFor } from "../support/entry.ts";
import { evidenceOptions, ext4Exhibit, unmount } from "../support/ext4.ts";
import { temporaryFolder } from "../support/folder.ts";
import { mayMountFaults, mountFaults } from "../support/fuse.ts";
import { type FuseFile, treeOf } from "../support/fuse-tree.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const folder = temporaryFolder();
const dist = resolve(import.meta.dirname, "../../dist");
const readerProgram = join(dist, "cli/reader-process.js");
const isRoot = process.getuid?.() === 0;
const confinement: Confinement = isRoot ? "nobody" : "read-only";
const evidence = join(folder, "evidence");
const secret = join(folder, "home");

/** Everything that alters a file or a folder, below a root that everybody may write to. */
const altering = `
  const at = (name) => request.evidence + "/" + name;
  const errors = {};
  const note = async (name, attempt) => { errors[name] = await tried(attempt); };
  await note("write", () => fs.writeFileSync(at("open"), "x", { flag: "r+" }));
  await note("append", () => fs.appendFileSync(at("open"), "x"));
  await note("truncate", () => fs.truncateSync(at("open"), 0));
  await note("create", () => fs.writeFileSync(at("new"), "x", { flag: "wx" }));
  await note("make a folder", () => fs.mkdirSync(at("folder")));
  await note("remove", () => fs.unlinkSync(at("open")));
  await note("rename", () => fs.renameSync(at("open"), at("other")));
  await note("link", () => fs.linkSync(at("open"), at("other")));
  await note("make a symbolic link", () => fs.symlinkSync("open", at("other")));
  await note("change rights", () => fs.chmodSync(at("open"), 0o600));
  await note("change times", () => fs.utimesSync(at("open"), 1, 1));
  return errors;`;
const allRefused = Object.fromEntries(["write", "append", "truncate", "create", "make a folder", "remove", "rename", "link", "make a symbolic link", "change rights", "change times"].map((name) => [name, "EROFS"]));

beforeAll(() => {
  // Everybody may write here: what refuses is the view, not the rights.
  chmodSync(folder, 0o755);
  mkdirSync(evidence);
  chmodSync(evidence, 0o777);
  writeFileSync(join(evidence, "open"), "content");
  chmodSync(join(evidence, "open"), 0o666);
  mkdirSync(join(evidence, "closed"), { mode: 0o700 });
  writeFileSync(join(evidence, "closed/own"), "of its owner", { mode: 0o600 });
  mkdirSync(secret);
  writeFileSync(join(secret, "key"), "a key");
});

function listening(on: ListenOptions): Promise<Server> {
  return new Promise((settled) => {
    const server = createServer((socket) => socket.end()).listen(on, () => settled(server));
  });
}

describeWith("bwrap", maySandbox, "a confined reader's process", () => {
  it.each(isRoot ? (["nobody", "read-only"] as const) : (["read-only"] as const))("(%s) can alter nothing of the evidence, whatever its rights there (REQ-15)", async (way) => {
    const program = programIn(join(folder, `alter-${way}`), attempts(altering));
    expect(await said(way, program, [Buffer.from(evidence)], { evidence })).toEqual(allRefused);
    expect(readFileSync(join(evidence, "open"), "utf8")).toBe("content");
    expect(await said("plain", program, [], { evidence: join(folder, "nothing") }), "the same attempts where nothing confines them").not.toEqual(allRefused);
  });

  it("reads what only its owner may, and sees neither lists nor case, nor the files of this machine or of others", async () => {
    const program = programIn(join(folder, "see"), attempts(`
      const read = (path) => tried(() => fs.readFileSync(path));
      return {
        own: fs.readFileSync(request.own, "utf8"),
        key: await read(request.key),
        secret: await tried(() => fs.readdirSync(request.secret)),
        beside: fs.readdirSync(request.folder).sort(),
        users: await read("/etc/passwd"),
        devices: fs.readdirSync("/dev"),
        temporary: fs.readdirSync("/tmp").length === 0 || request.folder.startsWith("/tmp/"),
        make: await tried(() => fs.writeFileSync("/tmp/new", "x")),
        processes: fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length,
      };`));
    expect(await said(confinement, program, [Buffer.from(evidence)], { own: join(evidence, "closed/own"), key: join(secret, "key"), secret, folder })).toEqual({
      own: "of its owner",
      key: "ENOENT",
      secret: "ENOENT",
      beside: ["evidence", "see"],
      users: "ENOENT",
      devices: ["null"],
      temporary: true,
      make: "EROFS",
      // bubblewrap's first process, and itself.
      processes: 2,
    });
  });

  it("reaches nobody: no network, no socket of this machine", async () => {
    const [onNetwork, byName, byPath] = await Promise.all([listening({ host: "127.0.0.1", port: 0 }), listening({ path: `\0blindmatch-${process.pid}` }), listening({ path: join(folder, "socket") })]);
    const { port } = onNetwork!.address() as { readonly port: number };
    const program = programIn(join(folder, "reach"), attempts(`
      return { network: await reached({ host: "127.0.0.1", port: request.port }), name: await reached({ path: request.name }), path: await reached({ path: request.path }), interfaces: Object.values(os.networkInterfaces()).flat().filter(({ internal }) => !internal).length };`));
    const request = { port, name: `\0blindmatch-${process.pid}`, path: join(folder, "socket") };
    expect(await said("plain", program, [], request)).toMatchObject({ network: "done", name: "done", path: "done" });
    expect(await said(confinement, program, [], request)).toEqual({ network: "ECONNREFUSED", name: "ECONNREFUSED", path: "ENOENT", interfaces: 0 });
    for (const server of [onNetwork, byName, byPath]) server!.close();
  });

  it("leaves no core file, may gain no right, and as root's is nobody with the one right to read", async () => {
    const program = programIn(join(folder, "rights"), attempts(`return { status: fs.readFileSync("/proc/self/status", "latin1"), limits: fs.readFileSync("/proc/self/limits", "latin1") };`));
    const { status, limits } = (await said(confinement, program, [], {}, isRoot ? ["setpriv", "--groups", "5"] : [])) as { readonly status: string; readonly limits: string };
    const line = (name: string): string => new RegExp(`^${name}:(.*)$`, "m").exec(status)![1]!.trim().replace(/\s+/g, " ");
    expect(limits).toMatch(/core file size\s+1\s+1/i);
    expect([line("NoNewPrivs"), line("Seccomp")]).toEqual(["1", "2"]);
    if (!isRoot) return expect(line("CapEff")).toBe("0".repeat(16));
    for (const name of ["Uid", "Gid"]) expect(line(name)).toBe("65534 65534 65534 65534");
    expect(line("Groups")).toBe("");
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(line(name), name).toBe("0000000000000004");
  });

  it.each(isRoot ? (["nobody", "read-only"] as const) : (["read-only"] as const))("(%s) opens no file by its handle, wherever it lies, traces nobody, and asks for no key", async (way) => {
    if (!existsSync("/usr/bin/perl")) return;
    const command = readerCommand(way, programIn(join(folder, `handles-${way}`), ""), [Buffer.from(evidence)])!;
    expect(await errorsOf(command)).toEqual({ open_by_handle_at: 1, name_to_handle_at: 1, ptrace: 1, keyctl: 1, bpf: 1 });
    const [options, filter] = command.handedIn;
    const unfiltered = Buffer.from(Buffer.from(options!).toString("latin1").replace("--seccomp\x005\0", ""), "latin1");
    expect(unfiltered.length, "the option is there to be taken away").toBeLessThan(options!.length);
    // ESTALE: the kernel looked for such a file, and there was none.
    if (way === "nobody") expect((await errorsOf({ ...command, handedIn: [unfiltered, filter!] }))["open_by_handle_at"]).toBe(116);
  });

  it("ends with the main process, even one that computes without end", async () => {
    const program = programIn(join(folder, "busy"), `process.send("busy"); for (const end = Date.now() + 60_000; Date.now() < end; );`);
    const child = startConfined(confinement, program, []);
    await new Promise((settled) => child.once("message", settled));
    const all = [child.pid!, ...below(child.pid!)];
    expect(all.length).toBeGreaterThanOrEqual(3);
    child.kill("SIGKILL");
    await until(() => all.every((each) => !isRunning(each)));
  });
});

describeWith("root, who may mount, and bwrap", mayMount && maySandbox, "access times", () => {
  it("stay as they are even where the evidence is mounted to keep them, and reading is plain", async () => {
    const place = join(folder, "kept");
    mkdirSync(place);
    run("mount", ["-t", "tmpfs", "-o", "strictatime,mode=0777", "none", place]);
    const [first, second] = ["first", "second"].map((name) => join(place, name));
    for (const path of [first!, second!]) {
      writeFileSync(path, "content");
      utimesSync(path, 1_000, 1_000);
    }
    const program = programIn(join(folder, "times"), attempts(`return { content: fs.readFileSync(request.path, "utf8") };`));
    for (const way of ["nobody", "read-only"] as const) expect(await said(way, program, [Buffer.from(place)], { path: first })).toEqual({ content: "content" });
    expect(statSync(first!).atimeMs).toBe(1_000_000);
    await said("plain", program, [], { path: second });
    expect(statSync(second!).atimeMs, "a reader that is not confined alters it").not.toBe(1_000_000);
  });
});

describeWith("root and bwrap", isRoot && maySandbox, "an ordinary user's reader", () => {
  it("can alter nothing of the evidence, has no network, and starts its decoder", () => {
    const program = programIn(join(folder, "ordinary"), attempts(altering));
    const text = `
      import { spawn } from "node:child_process";
      import { readerCommand } from ${JSON.stringify(join(dist, "reading/reader-command.js"))};
      import { startConfinedReaders } from ${JSON.stringify(join(dist, "reading/confined-readers.js"))};
      const evidence = ${JSON.stringify(evidence)};
      const { command, args, handedIn } = readerCommand("read-only", ${JSON.stringify(program)}, [Buffer.from(evidence)]);
      const child = spawn(command, args, { serialization: "advanced", env: {}, stdio: ["ignore", "ignore", "inherit", "ipc", "pipe", "pipe"] });
      for (const [at, bytes] of handedIn.entries()) child.stdio[4 + at].end(bytes);
      child.send({ evidence });
      const errors = await new Promise((settled) => child.once("message", settled));
      const readers = startConfinedReaders({ program: ${JSON.stringify(readerProgram)}, decoderProgram: ${JSON.stringify(join(dist, "perceptual/decoder-process.js"))}, isolation: "sandbox", count: 1, digests: ["sha256", "md5"], perceptual: true, stallMs: 60000, roots: [Buffer.from(evidence)], hidden: [], lowered: () => undefined, warned: () => undefined });
      const tried = await readers.confine(Buffer.from(evidence));
      readers.close();
      console.log(JSON.stringify({ errors, tried, user: process.getuid() }));`;
    const told = execFileSync(process.execPath, ["--input-type=module", "-e", text], { uid: 1234, gid: 1234, cwd: "/" });
    expect(JSON.parse(told.toString())).toEqual({ errors: allRefused, tried: { confinement: "read-only", refused: [] }, user: 1234 });
  });
});

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

/** Numbers of the errors with which calls end that JavaScript has no words for, made by Perl in a reader's place; 0 for none. */
async function errorsOf(command: ReaderCommand): Promise<Record<string, number>> {
  const handle = "my $handle = pack('Ii', 8, 1) . chr(0) x 8; opendir(my $at, '/usr/lib') or die; my $id = pack('i', 0); my $path = 'perl';";
  const calls = { open_by_handle_at: "fileno($at), $handle, 0", name_to_handle_at: "fileno($at), $path, $handle, $id, 0", ptrace: "16, 1, 0, 0", keyctl: "0, -3, 0", bpf: "0, $handle, 8" } as const;
  const text = Object.entries(calls).map(([name, args]) => `print "${name} ", (syscall(${systemCallNumber(process.arch as Architecture, name as keyof typeof calls)}, ${args}) < 0 ? $! + 0 : 0), "\n";`);
  const child = startCommand({ ...command, args: [...command.args.slice(0, command.args.indexOf(process.execPath)), "/usr/bin/perl", "-e", [handle, ...text].join("\n")] });
  const said: Buffer[] = [];
  child.stdout!.on("data", (piece: Buffer) => said.push(piece));
  await new Promise((settled) => child.on("close", settled));
  return Object.fromEntries(Buffer.concat(said).toString().trim().split("\n").map((line) => line.split(" ")).map(([name, number]) => [name!, Number(number)]));
}

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
