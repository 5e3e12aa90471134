import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type ListenOptions, type Server } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type Architecture, systemCallNumber } from "../../src/seccomp/system-calls.ts";
import { type ReaderCommand, readerCommand } from "../../src/reading/reader-command.ts";
import { altering, confinement, dist, evidence, folder, isRoot, readerProgram, secret } from "../support/confined-evidence.ts";
import { attempts, programIn, said, startCommand, startConfined } from "../support/confined-program.ts";
import { childrenOf, isRunning, until } from "../support/decoder-program.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith, mayMount, run } from "../support/tools.ts";

const allRefused = Object.fromEntries(["write", "append", "truncate", "create", "make a folder", "remove", "rename", "link", "make a symbolic link", "change rights", "change times"].map((name) => [name, "EROFS"]));

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

function below(processNumber: number): readonly number[] {
  return childrenOf(processNumber).flatMap((child) => [child, ...below(child)]);
}
