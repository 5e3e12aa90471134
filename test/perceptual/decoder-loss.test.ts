import { spawn } from "node:child_process";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Perceived } from "../../src/model.ts";
import { canaryPng } from "../../src/perceptual/canary.ts";
import { deadlineBySize, startDecoder } from "../../src/perceptual/decoder.ts";
import { replyBytes, requestHeaderBytes } from "../../src/perceptual/decoder-protocol.ts";
import { frameCodesBytes } from "../../src/perceptual/reply-codes.ts";
import { childrenOf, compiledFile, groupOf, hostileProgram, isRunning, until } from "../support/decoder-program.ts";

const program = compiledFile("decoder-process.js");
const type = "image/png";

/** Where a reply tells of the first of four thumbnails: offset, length, status, width, height, and room for the codes of one frame. */
const thumbnailAt = replyBytes - 4 * (17 + frameCodesBytes);
/** Text of a program that tells of one byte there, 1 pixel wide and high. */
const tellOfThumbnail = (offsetBytes: number): string => `${[offsetBytes, 1].map((value, at) => `reply.writeUInt32LE(${value}, ${thumbnailAt + 4 * at});`).join(" ")} reply[${thumbnailAt + 8}] = 3; ${[1, 1].map((value, at) => `reply.writeUInt32LE(${value}, ${thumbnailAt + 9 + 4 * at});`).join(" ")}`;

describe("a decoder process that is lost", () => {
  // Answers `too-small` with the number of its process as the height, the nonce first.
  const answering = (more: string) => `
    let got = Buffer.alloc(0);
    process.stdin.on("end", () => process.exit());
    process.stdin.on("data", (piece) => {
      got = Buffer.concat([got, piece]);
      if (got.length < ${requestHeaderBytes} || got.length < ${requestHeaderBytes} + got.readUInt32LE(17)) return;
      const reply = Buffer.alloc(${replyBytes});
      got.copy(reply, 0, 0, 16);
      reply[16] = 3;
      reply.writeUInt32LE(1, 17);
      reply.writeUInt32LE(process.pid, 21);
      const first = got[${requestHeaderBytes}];
      got = Buffer.alloc(0);
      ${more}
    });`;
  const without = (status: "crash" | "timeout"): Perceived => ({ picture: { status, widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] });

  it("is started anew and asked once more, and the picture gets its codes", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    await decoder.perceive(type, canaryPng());
    const [first] = childrenOf(process.pid);
    process.kill(first!, "SIGSTOP");
    const perceived = decoder.perceive(type, canaryPng());
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(first!, "SIGKILL");
    expect((await perceived).picture.status).toBe("hashed");
    expect(childrenOf(process.pid)).not.toContain(first);
    await decoder.close();
  });

  it("twice over one picture makes that picture a crash, and the next one is answered", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering(`if (first === 66) process.kill(process.pid, "SIGKILL"); else process.stdout.write(reply);`)) });
    expect((await decoder.perceive(type, Buffer.from("A"))).picture.status).toBe("too-small");
    expect(await decoder.perceive(type, Buffer.from("B"))).toEqual(without("crash"));
    expect((await decoder.perceive(type, Buffer.from("C"))).picture.status).toBe("too-small");
    await decoder.close();
  });

  it("by hanging is killed in time, twice, and the picture is a timeout", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram("process.stdin.resume(); setInterval(() => {}, 1000); process.on('SIGTERM', () => {});"), deadlineMs: () => 400 });
    const before = performance.now();
    expect(await decoder.perceive(type, Buffer.alloc(100))).toEqual(without("timeout"));
    expect(performance.now() - before).toBeGreaterThan(790);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(childrenOf(process.pid)).toEqual([]);
    await decoder.close();
  });

  it("by not reading its request is killed in time as well", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram("setInterval(() => {}, 1000);"), deadlineMs: () => 400 });
    expect((await decoder.perceive(type, Buffer.alloc(4_000_000))).picture.status).toBe("timeout");
    await decoder.close();
  });

  it("by answering before it has read its request is not believed", async () => {
    const early = `process.stdin.once("data", (piece) => {
      process.stdin.pause();
      const reply = Buffer.alloc(${replyBytes});
      piece.copy(reply, 0, 0, 16);
      reply[16] = 4;
      process.stdout.write(reply);
      setInterval(() => {}, 1000);
    });`;
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(early), deadlineMs: () => 600 });
    expect((await decoder.perceive(type, Buffer.alloc(100))).picture.status).toBe("undecodable");
    await decoder.close();
    const again = startDecoder({ canary: null, isolation: "process", program: hostileProgram(early), deadlineMs: () => 600 });
    expect((await again.perceive(type, Buffer.alloc(8_000_000))).picture.status).toBe("timeout");
    await again.close();
  });

  it.each([
    ["another nonce", "reply[0] ^= 1; process.stdout.write(reply);"],
    ["an unknown status", "reply[16] = 9; process.stdout.write(reply);"],
    ["a thumbnail that lies outside of the picture", `${tellOfThumbnail(7)} process.stdout.write(reply);`],
    ["more than a reply", "process.stdout.write(Buffer.concat([reply, Buffer.from('more')]));"],
    ["less than a reply, and ends", "process.stdout.write(reply.subarray(1), () => process.exit());"],
    ["text", `process.stdout.write('x'.repeat(${replyBytes}));`],
    ["nothing, and ends without an error", "process.exit(0);"],
  ])("by sending %s counts as a crash and is killed", async (_, more) => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering(more)) });
    expect(await decoder.perceive(type, Buffer.from("picture"))).toEqual(without("crash"));
    expect(childrenOf(process.pid)).toEqual([]);
    await decoder.close();
  });

  it("is not what telling of a thumbnail at the end of the picture is", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering(`${tellOfThumbnail(6)} process.stdout.write(reply);`)) });
    expect(await decoder.perceive(type, Buffer.from("picture"))).toMatchObject({ picture: { status: "too-small" }, embedded: [{ offsetBytes: 6, sizeBytes: 1 }] });
    await decoder.close();
  });

  it("by speaking without being asked is not asked again", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering("process.stdout.write(reply, () => setTimeout(() => process.stdout.write('psst'), 50));")) });
    const { picture: { heightPixels: first } } = await decoder.perceive(type, Buffer.from("A"));
    await until(() => !isRunning(first));
    const { picture: { heightPixels: second } } = await decoder.perceive(type, Buffer.from("B"));
    expect(second).not.toBe(first);
    await decoder.close();
  });

  it("because its program does not exist is a crash of every picture, not a wait", async () => {
    const decoder = startDecoder({ isolation: "process", program: "/nonexistent/decoder.js" });
    expect(await decoder.perceive(type, canaryPng())).toEqual(without("crash"));
    await decoder.close();
    expect(() => startDecoder({ isolation: "process", program: "decoder.js" })).toThrow("expected an absolute one");
  });

  it("never happens to be the same for long: it is replaced after its share of pictures", async () => {
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering("process.stdout.write(reply);")), picturesPerProcess: 2 });
    const numbers: number[] = [];
    for (let picture = 0; picture < 5; picture++) numbers.push((await decoder.perceive(type, Buffer.of(picture))).picture.heightPixels);
    expect(numbers.map((one) => numbers.indexOf(one))).toEqual([0, 0, 2, 2, 4]);
    await decoder.close();
  });

  it("is not lost to Ctrl-C at the terminal: it stands outside of its parent's process group", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    await decoder.perceive(type, canaryPng());
    const [child] = childrenOf(process.pid);
    expect(groupOf(child!)).toBe(child);
    expect(groupOf(process.pid)).not.toBe(child);
    await decoder.close();
  });

  it("sees an environment of five variables and no more", async () => {
    const check = `if (Object.keys(process.env).sort().join() !== "MALLOC_ARENA_MAX,MALLOC_MMAP_THRESHOLD_,MALLOC_TRIM_THRESHOLD_,VIPS_BLOCK_UNTRUSTED,VIPS_DISC_THRESHOLD") process.exit(1); process.stdout.write(reply);`;
    const decoder = startDecoder({ canary: null, isolation: "process", program: hostileProgram(answering(check)) });
    expect((await decoder.perceive(type, Buffer.from("A"))).picture.status).toBe("too-small");
    await decoder.close();
  });
});

describe("the end of a decoder", () => {
  it("starts no process before the first picture and leaves none after close", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    expect(childrenOf(process.pid)).toEqual([]);
    const perceived = decoder.perceive(type, canaryPng());
    await until(() => childrenOf(process.pid).length === 1);
    await decoder.close();
    expect((await perceived).picture.status).toBe("hashed");
    expect(childrenOf(process.pid)).toEqual([]);
    await expect(decoder.perceive(type, canaryPng())).rejects.toThrow("after it was closed");
  });

  it("comes with the end of its parent, however that ends, without finishing the picture at hand", async () => {
    const slow = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: "#8a4" } }).png({ compressionLevel: 1, progressive: true }).toBuffer();
    const parent = spawn(process.execPath, ["--input-type=module", "-e", `
      import { readFileSync } from "node:fs";
      import { startDecoder } from ${JSON.stringify(compiledFile("decoder.js"))};
      const slow = readFileSync(0);
      const decoder = startDecoder({ isolation: "process", program: ${JSON.stringify(program)} });
      await decoder.perceive("image/png", slow.subarray(0, 100));
      const before = performance.now();
      await decoder.perceive("image/png", slow);
      console.log(performance.now() - before);
      await decoder.perceive("image/png", slow);
    `], { stdio: ["pipe", "pipe", "inherit"] });
    parent.stdin.end(slow);
    const tookMs = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
    expect(tookMs).toBeGreaterThan(150);
    const [child] = childrenOf(parent.pid!);
    expect(isRunning(child!)).toBe(true);
    // By now it has the whole of the second picture and most of its decoding before it.
    await new Promise((resolve) => setTimeout(resolve, tookMs / 4));
    parent.kill("SIGKILL");
    await until(() => !isRunning(child!), tookMs / 3);
  });

  it("is set by the size of the picture, at most a minute away", () => {
    expect([0, 1_000_000, 10_000_000, 500_000_000].map(deadlineBySize)).toEqual([20_000, 22_000, 40_000, 60_000]);
  });
});
