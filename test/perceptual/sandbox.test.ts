import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Sharp } from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { canaryPng } from "../../src/perceptual/canary.ts";
import { childOf } from "../../src/perceptual/decoder-child.ts";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { replyBytes } from "../../src/perceptual/decoder-protocol.ts";
import { nativeProgram } from "../../src/perceptual/native-probe.ts";
import { openProbes, probeSandbox } from "../../src/perceptual/probe-sandbox.ts";
import { sandboxCommand } from "../../src/perceptual/sandbox-command.ts";
import { isRoot, startProbe } from "../../src/perceptual/start-process.ts";
import { visibleFiles } from "../../src/perceptual/visible-files.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { below, childrenOf, compiledFile, hostileProgram, isRunning, peakMebibytes, until } from "../support/decoder-program.ts";
import { everyPicture } from "../support/every-picture.ts";
import { jpegHeader } from "../support/pictures-bombs.ts";
import { temporaryFolder } from "../support/folder.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith } from "../support/tools.ts";

const program = compiledFile("decoder-process.js");
const probeProgram = compiledFile("probe-process.js");
const png = canaryPng();

/** What stands in for a decoder, and answers `undecodable` after `does`. `first` is the picture's first byte. */
const answering = (does: string): string => `
  let got = Buffer.alloc(0);
  process.stdin.on("data", async (piece) => {
    got = Buffer.concat([got, piece]);
    if (got.length < 21 || got.length < 21 + got.readUInt32LE(17)) return;
    const reply = Buffer.alloc(${replyBytes});
    got.copy(reply, 0, 0, 16);
    reply[16] = 4;
    const first = got[21];
    got = Buffer.alloc(0);
    if (first === 66) { ${does} }
    process.stdout.write(reply);
  });`;

describeWith("bwrap", maySandbox, "the decoder in its sandbox", () => {
  it("gives of every type that is decoded what it gives without one, and so does one for each picture", async () => {
    const decoders = (["process", "sandbox", "per-file"] as const).map((isolation) => startDecoder({ program, isolation }));
    for (const [mediaType, bytes] of await everyPicture()) {
      const [plain, ...sandboxed] = await Promise.all(decoders.map((decoder) => decoder.perceive(mediaType, bytes)));
      for (const perceived of sandboxed) expect(perceived, mediaType).toEqual(plain);
      expect(["crash", "timeout", "violation"], mediaType).not.toContain(plain!.picture.status);
    }
    await Promise.all(decoders.map((decoder) => decoder.close()));
    expect(childrenOf(process.pid)).toEqual([]);
  });

  it("has to be nobody's, goes first when memory runs out, and sees nothing but itself", async () => {
    const decoder = startDecoder({ program, isolation: "sandbox" });
    await decoder.perceive("image/png", png);
    const inside = below(process.pid).at(-1)!;
    const status = readFileSync(`/proc/${inside}/status`, "latin1");
    const line = (name: string): string => status.split("\n").find((text) => text.startsWith(`${name}:`))!.split(/\s+/).slice(1).join(" ");
    if (isRoot()) expect(line("Uid")).toBe("65534 65534 65534 65534");
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(line(name)).toBe("0".repeat(16));
    expect([line("NoNewPrivs"), line("Seccomp")]).toEqual(["1", "2"]);
    expect(readFileSync(`/proc/${inside}/oom_score_adj`, "latin1").trim()).toBe("1000");
    const limits = readFileSync(`/proc/${inside}/limits`, "latin1");
    for (const limit of [/core file size\s+1\s+1/, /open files\s+64\s+64/, /data size\s+1073741824\s+1073741824/, /file size\s+8192\s+8192/]) expect(limits).toMatch(new RegExp(limit, "i"));
    for (const name of ["user", "pid", "net", "ipc", "uts", "mnt"].slice(isRoot() ? 1 : 0)) {
      expect(execFileSync("readlink", [`/proc/${inside}/ns/${name}`]).toString(), name).not.toBe(execFileSync("readlink", [`/proc/self/ns/${name}`]).toString());
    }
    await decoder.close();
  });

  it("ends with its parent, however that ends", async () => {
    const parent = spawn(process.execPath, ["--input-type=module", "-e", `
      import { startDecoder } from ${JSON.stringify(compiledFile("decoder.js"))};
      const decoder = startDecoder({ program: ${JSON.stringify(program)}, isolation: "sandbox" });
      await decoder.perceive("image/png", new Uint8Array(40));
      console.log("there");
      setInterval(() => {}, 1000);
    `], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const processes = below(parent.pid!);
    expect(processes.length).toBeGreaterThanOrEqual(2);
    parent.kill("SIGKILL");
    await until(() => processes.every((each) => !isRunning(each)));
  });

  it("has a spare where each picture has a process of its own, and uses none twice", async () => {
    const decoder = startDecoder({ program, isolation: "per-file" });
    const seen = new Set<number>();
    for (let picture = 0; picture < 3; picture++) {
      await decoder.perceive("image/png", png);
      for (const child of childrenOf(process.pid)) seen.add(child);
    }
    expect(seen.size).toBe(4);
    await decoder.close();
    expect(childrenOf(process.pid)).toEqual([]);
  });
});

describeWith("bwrap", maySandbox, "a decoder gone bad in its sandbox", () => {
  it.each([
    ["by aborting", "process.abort();", "crash"],
    ["by ending", "process.exit(0);", "crash"],
    ["by a busy loop", "for (;;);", "timeout"],
    ["by taking all memory", "const all = []; for (;;) all.push(new Uint8Array(64 * 2 ** 20));", "crash"],
    ["by all memory of its language", "let all = []; for (;;) all.push(all.join());", "crash"],
    ["by ending as the filter would have it", "process.exit(159);", "violation"],
    ["by reaching for the network", `require("node:net").connect(80, "127.0.0.1").on("error", ({ code }) => process.exit(code === "EPERM" ? 1 : 159)); return;`, "crash"],
    ["by starting programs", `process.exit(require("node:child_process").spawnSync("/app/node", ["-e", "0"]).error === undefined ? 159 : 1);`, "crash"],
    ["by sending signals", `try { process.kill(1, "SIGKILL"); process.exit(159); } catch { process.exit(1); }`, "crash"],
  ] as const)("costs one picture: %s", async (_, does, status) => {
    const text = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${answering(does)}`;
    const decoder = startDecoder({ canary: null, program: hostileProgram(text), isolation: "sandbox", deadlineMs: (sizeBytes) => (status === "timeout" && sizeBytes > 1 ? 800 : 30_000) });
    const statuses: string[] = [];
    for (const picture of ["A", "BB", "C"]) statuses.push((await decoder.perceive("image/png", Buffer.from(picture))).picture.status);
    expect(statuses).toEqual(["undecodable", status, "undecodable"]);
    await decoder.close();
    expect(childrenOf(process.pid)).toEqual([]);
  });

  it("by a system call that no decoder makes is told from a crash", async () => {
    // The native program traces itself, after it has said what else it tried.
    const child = childOf(startProbe(sandboxCommand(probeProgram, "native", isRoot()), nativeProgram(process.arch as "x64")));
    expect(await child.ask("image/png", png, 10_000)).toBe("violation");
    expect(childrenOf(process.pid)).toEqual([]);
  });
});

describeWith("bwrap", maySandbox, "the sandbox of a program that lies where nobody may go", () => {
  const closed = join(temporaryFolder(), "closed");
  const clone = join(closed, "clone");

  it("holds, and decodes", () => {
    mkdirSync(clone, { recursive: true });
    cpSync(dirname(dirname(program)), join(clone, "dist"), { recursive: true, filter: (path) => !path.endsWith("/dist/demo") });
    writeFileSync(join(clone, "package.json"), `{"type": "module"}`);
    for (const { source, at } of visibleFiles(program)) {
      if (at.startsWith("/app/node_modules/")) cpSync(realpathSync(source), join(clone, at.slice("/app/".length)), { recursive: true });
    }
    chmodSync(closed, 0o700);
    const told = execFileSync(process.execPath, ["--input-type=module", "-e", `
      import { canaryPng } from ${JSON.stringify(join(clone, "dist/perceptual/canary.js"))};
      import { startDecoder } from ${JSON.stringify(join(clone, "dist/perceptual/decoder.js"))};
      import { openProbes, probeSandbox } from ${JSON.stringify(join(clone, "dist/perceptual/probe-sandbox.js"))};
      const probes = await probeSandbox({ program: ${JSON.stringify(join(clone, "dist/perceptual/probe-process.js"))}, hidden: [Buffer.from(${JSON.stringify(clone)})] });
      const decoder = startDecoder({ program: ${JSON.stringify(join(clone, "dist/perceptual/decoder-process.js"))}, isolation: "sandbox" });
      const { picture } = await decoder.perceive("image/png", canaryPng());
      await decoder.close();
      console.log(probes.length, openProbes(probes).length, picture.status);
    `]).toString().trim();
    expect(told).toBe("31 0 hashed");
  });

  it("is refused where root would decode as nobody what only root may read, and says so", () => {
    if (!isRoot()) return;
    chmodSync(join(clone, "dist/perceptual"), 0o700);
    expect(() => sandboxCommand(join(clone, "dist/perceptual/decoder-process.js"), { node: [] }, true)).toThrow("readable by its owner only");
    expect(() => sandboxCommand(join(clone, "dist/perceptual/decoder-process.js"), { node: [] }, false)).not.toThrow();
  });
});

describeWith("bwrap and root, who may become another user", maySandbox && isRoot(), "the sandbox of an ordinary user", () => {
  it("holds, and decodes", () => {
    const text = `
      import { canaryPng } from ${JSON.stringify(compiledFile("canary.js"))};
      import { startDecoder } from ${JSON.stringify(compiledFile("decoder.js"))};
      import { openProbes, probeSandbox } from ${JSON.stringify(compiledFile("probe-sandbox.js"))};
      const probes = await probeSandbox({ program: ${JSON.stringify(probeProgram)}, hidden: [] });
      const decoder = startDecoder({ program: ${JSON.stringify(program)}, isolation: "sandbox" });
      const { picture } = await decoder.perceive("image/png", canaryPng());
      await decoder.close();
      console.log(process.getuid(), probes.length, openProbes(probes).join(), picture.status);`;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", text], { uid: 1234, gid: 1234, cwd: "/" }).toString().trim()).toBe("1234 31  hashed");
  });
});

describeWith("bwrap", maySandbox, "large pictures in the sandbox", () => {
  const decoder = startDecoder({ program, isolation: "sandbox" });
  afterAll(() => decoder.close());

  const flat = async (width: number, height: number): Promise<Sharp> => (await import("sharp")).default({ create: { width, height, channels: 3, background: "#8a4" } });
  let made: Promise<Buffer> | undefined;
  const twice = (): Promise<Buffer> => (made ??= flat(16_320, 12_240).then((picture) => picture.jpeg({ quality: 60 }).toBuffer()));
  const largest = [
    ["a JPEG of 200 megapixels", "image/jpeg", twice],
    ["a JPEG of 268 megapixels", "image/jpeg", async () => (await flat(16_383, 16_383)).jpeg({ quality: 60 }).toBuffer()],
    ["a PNG of 268 megapixels", "image/png", async () => (await flat(16_383, 16_383)).png({ compressionLevel: 1 }).toBuffer()],
    ["a progressive JPEG of 156 megapixels", "image/jpeg", async () => (await flat(12_500, 12_500)).jpeg({ quality: 60, progressive: true }).toBuffer()],
    ["a WebP of 49 megapixels", "image/webp", async () => (await flat(7_000, 7_000)).webp({ lossless: true, effort: 0 }).toBuffer()],
    ["an AVIF of 39 megapixels", "image/avif", async () => (await flat(6_200, 6_200)).avif({ effort: 0 }).toBuffer()],
    ["a JPEG of 200 megapixels again", "image/jpeg", twice],
  ] as const;

  it.each(largest)("%s decodes, after others, within a GiB", async (_, mediaType, file) => {
    const { picture } = await decoder.perceive(mediaType, await file());
    expect(picture.status).toBe("hashed");
    expect(Math.max(...below(process.pid).map(peakMebibytes))).toBeLessThanOrEqual(1024);
  });

  it.each([
    ["a progressive JPEG of 158 megapixels", 12_580],
    ["a progressive JPEG of 268 megapixels", 16_383],
  ] as const)("%s is too large by its header", async (_, side) => {
    expect((await decoder.perceive("image/jpeg", jpegHeader(side, side, 0xc2))).picture.status).toBe("too-large");
  });

  it("is as small as any other afterwards", async () => {
    expect((await decoder.perceive("image/jpeg", await encode(drawPhoto(1, 64, 48), "jpeg"))).picture).toMatchObject({ status: "hashed", widthPixels: 64 });
  });
});

describeWith("bwrap", maySandbox, "the probes", () => {
  it("all hold, with folders that exist outside (REQ-20)", async () => {
    const probes = await probeSandbox({ program: probeProgram, hidden: [Buffer.from(temporaryFolder())] });
    expect(openProbes(probes)).toEqual([]);
    expect(probes).toHaveLength(31);
    expect(new Set(probes.map(({ name }) => name)).size).toBe(31);
  });

  it("that do not answer are a refusal, with what the system says", async () => {
    await expect(probeSandbox({ program: hostileProgram("process.exit(3);"), hidden: [] })).rejects.toMatchObject({ code: "sandbox-unavailable", message: expect.stringContaining("(status 3)") });
  });
});

describe("what a sandbox may see", () => {
  it("is the program, Node, its packages and libraries, and nothing of anybody", () => {
    const shown = visibleFiles(program).map(({ at }) => at);
    expect(shown.filter((at) => !at.startsWith("/app/") && !/^\/lib[^/]*\/ld-[^/]+$/.test(at))).toEqual([]);
    expect(shown).toEqual(expect.arrayContaining(["/app/node", "/app/dist/perceptual", "/app/dist/kernels", "/app/node_modules/sharp", "/app/node_modules/libheif-js", "/app/node_modules/detect-libc", "/app/node_modules/semver"]));
    expect(shown.filter((at) => at.startsWith("/app/node_modules/")).length).toBeLessThan(9);
  });
});
