import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import type { PerceptualCode, Picture } from "../../src/model.ts";
import { deadlineBySize, startDecoder } from "../../src/perceptual/decoder.ts";
import { largestPictureBytes, replyBytes } from "../../src/perceptual/decoder-protocol.ts";
import { pdqCodes } from "../../src/perceptual/pdq.ts";
import { canaryPng } from "../../src/perceptual/canary.ts";
import { storedPng } from "../../src/perceptual/stored-png.ts";
import { childrenOf, compiledFile, groupOf, hostileProgram, isRunning, until } from "../support/decoder-program.ts";
import { drawPhoto, encode, type EncodeOptions, type Encoding } from "../support/draw.ts";

const program = compiledFile("decoder-process.js");
const photo = drawPhoto(7, 640, 420);
const own = pdqCodes({ data: photo.data, widthPixels: 640, heightPixels: 420, channels: 3 });
const squeezedOwn = own.find(({ transform }) => transform === "nearest-512");

function distanceBits(one: PerceptualCode | undefined, other: PerceptualCode | undefined): number {
  if (one === undefined || other === undefined) return 256;
  return one.code.reduce((sum, byte, at) => sum + (byte ^ other.code[at]!).toString(2).replaceAll("0", "").length, 0);
}

describe("the decoder process", () => {
  const decoder = startDecoder({ isolation: "process", program });
  afterAll(() => decoder.close());

  const encodings: readonly (readonly [string, Encoding, EncodeOptions])[] = [
    ["JPEG", "jpeg", { quality: 92 }],
    ["progressive JPEG", "jpeg", { progressive: true }],
    ["grey JPEG", "jpeg", { grey: true }],
    ["CMYK JPEG", "jpeg", { cmyk: true }],
    ["PNG", "png", {}],
    ["16-bit PNG", "png", { bits: 16 }],
    ["16-bit grey PNG", "png", { bits: 16, grey: true }],
    ["palette PNG", "png", { palette: true }],
    ["grey PNG", "png", { grey: true }],
    ["PNG with alpha", "png", { alpha: 0.4 }],
    ["interlaced PNG", "png", { progressive: true }],
    ["WebP", "webp", {}],
    ["lossless WebP with alpha", "webp", { lossless: true, alpha: 0.5 }],
    ["GIF", "gif", {}],
    ["TIFF", "tiff", {}],
    ["16-bit TIFF", "tiff", { bits: 16 }],
    ["TIFF of JPEG strips", "tiff", { compression: "jpeg" }],
    ["AVIF", "avif", {}],
  ];

  it.each(encodings)("gives of a %s the codes of its own pixels", async (_, encoding, options) => {
    const file = await encode(photo, encoding, options);
    const { data, info } = await sharp(file, { ignoreIcc: true }).removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
    const expected = pdqCodes({ data, widthPixels: info.width, heightPixels: info.height, channels: info.channels as 1 | 3 });
    expect(await decoder.perceive(file)).toEqual({ status: "hashed", widthPixels: 640, heightPixels: 420, codes: expected });
  });

  it.each([["PNG", "png", {}], ["16-bit PNG", "png", { bits: 16 }], ["PNG with alpha", "png", { alpha: 0 }], ["interlaced PNG", "png", { progressive: true }], ["TIFF", "tiff", {}], ["16-bit TIFF", "tiff", { bits: 16 }]] as const)(
    "takes the colours of a %s as they were drawn, to the bit",
    async (_, encoding, options) => {
      const file = await encode(photo, encoding, options);
      expect((await sharp(file).metadata()).depth).toBe("bits" in options ? "ushort" : "uchar");
      expect((await decoder.perceive(file)).codes).toEqual(own);
    },
  );

  it.each(["gif", "webp", "tiff"] as const)("takes the first picture of a %s file that holds several", async (encoding) => {
    const several = [photo, drawPhoto(8, 640, 420)].map(({ data, info }) => sharp(data, { raw: info }).png().toBuffer());
    const joined = sharp(await Promise.all(several), { join: { animated: true } });
    const file = encoding === "tiff" ? await joined.tiff({ compression: "lzw" }).toBuffer() : await joined.toFormat(encoding, { quality: 95 }).toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(2);
    const picture = await decoder.perceive(file);
    expect(picture).toMatchObject({ status: "first-page", widthPixels: 640, heightPixels: 420 });
    expect(distanceBits(picture.codes[0], own[0])).toBeLessThanOrEqual(31);
  });

  it("neither turns a picture by its orientation tag nor converts its colours by its profile", async () => {
    const plain = await encode(photo, "jpeg", { quality: 90 });
    const tagged = await sharp(photo.data, { raw: photo.info }).withMetadata({ orientation: 6 }).withIccProfile("p3", { attach: true }).jpeg({ quality: 90 }).toBuffer();
    const untouched = await sharp(tagged, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(tagged).metadata()).orientation).toBe(6);
    expect((await decoder.perceive(tagged)).codes).toEqual(pdqCodes({ data: untouched, widthPixels: 640, heightPixels: 420, channels: 3 }));
    expect((await decoder.perceive(plain)).widthPixels).toBe(640);
  });

  it("gives codes within 31 bits after re-encoding at quality 60 and after halving", async () => {
    const halved = await sharp(photo.data, { raw: photo.info }).resize(320).jpeg().toBuffer();
    for (const file of [await encode(photo, "jpeg", { quality: 60 }), halved]) {
      const { codes } = await decoder.perceive(file);
      expect(distanceBits(codes[0], own[0])).toBeLessThanOrEqual(31);
      // Up to 512 pixels a side a picture has one code for both ways of preparing it.
      expect(distanceBits(codes.find(({ transform }) => transform === "nearest-512") ?? codes[0], squeezedOwn)).toBeLessThanOrEqual(31);
    }
    const other = drawPhoto(8, 640, 420);
    expect(distanceBits((await decoder.perceive(await encode(other, "jpeg"))).codes[0], own[0])).toBeGreaterThan(31);
  });

  it("hashes what is left of a truncated picture and says that it is partial", async () => {
    const jpeg = await encode(photo, "jpeg", { quality: 90 });
    const png = await encode(photo, "png");
    for (const file of [jpeg.subarray(0, jpeg.length * 0.6), png.subarray(0, png.length * 0.6)]) {
      const picture = await decoder.perceive(file);
      expect(picture).toMatchObject({ status: "partial", widthPixels: 640, heightPixels: 420 });
      // What is missing comes out plain: it is peeled off, and what is there is hashed once more.
      const trimmed = own.map(({ transform }) => `trimmed ${transform}`);
      expect(picture.codes.map(({ transform }) => transform)).toEqual([...own.map(({ transform }) => transform), ...trimmed]);
    }
    const almostWhole = await decoder.perceive(jpeg.subarray(0, jpeg.length - 400));
    expect(almostWhole.status).toBe("partial");
    expect(distanceBits(almostWhole.codes[0], own[0])).toBeLessThanOrEqual(31);
  });

  it("calls what no decoder reads undecodable", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><rect width="50" height="50"/></svg>`;
    for (const bytes of [randomBytes(5_000), new Uint8Array(0), Buffer.from(svg), Buffer.from("P6\n9 9\n255\n" + "x".repeat(243)), canaryPng().subarray(0, 30)]) {
      expect(await decoder.perceive(bytes)).toEqual({ status: "undecodable", widthPixels: 0, heightPixels: 0, codes: [] });
    }
  });

  it("has no code for a picture of 4 by 4 pixels", async () => {
    const tiny = storedPng({ data: new Uint8Array(48).fill(90), widthPixels: 4, heightPixels: 4, channels: 3 });
    expect(await decoder.perceive(tiny)).toEqual({ status: "too-small", widthPixels: 4, heightPixels: 4, codes: [] });
  });

  it("refuses a picture above the pixel limit, and a file above the size limit", async () => {
    const tooLarge: Picture = { status: "too-large", widthPixels: 0, heightPixels: 0, codes: [] };
    const gif = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
    for (const offset of [6, 8, 24, 26]) gif.writeUInt16LE(60_000, offset);
    expect(await decoder.perceive(gif)).toEqual(tooLarge);
    expect(await decoder.perceive(new Uint8Array(largestPictureBytes + 1))).toEqual(tooLarge);
  });

  it("answers pictures in the order in which they were handed over", async () => {
    const sizes = [[64, 96], [97, 65], [70, 70]] as const;
    const files = await Promise.all(sizes.map(([width, height]) => encode(drawPhoto(1, width, height), "png")));
    const pictures = await Promise.all(files.map((file) => decoder.perceive(file)));
    expect(pictures.map(({ widthPixels, heightPixels }) => [widthPixels, heightPixels])).toEqual(sizes);
  });
});

describe("a decoder process that is lost", () => {
  // Answers `too-small` with the number of its process as the height, the nonce first.
  const answering = (more: string) => `
    let got = Buffer.alloc(0);
    process.stdin.on("end", () => process.exit());
    process.stdin.on("data", (piece) => {
      got = Buffer.concat([got, piece]);
      if (got.length < 20 || got.length < 20 + got.readUInt32LE(16)) return;
      const reply = Buffer.alloc(${replyBytes});
      got.copy(reply, 0, 0, 16);
      reply[16] = 3;
      reply.writeUInt32LE(1, 17);
      reply.writeUInt32LE(process.pid, 21);
      const size = got.readUInt32LE(16), first = got[20];
      got = Buffer.alloc(0);
      ${more}
    });`;
  const crash: Picture = { status: "crash", widthPixels: 0, heightPixels: 0, codes: [] };

  it("is started anew and asked once more, and the picture gets its codes", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    await decoder.perceive(canaryPng());
    const [first] = childrenOf(process.pid);
    process.kill(first!, "SIGSTOP");
    const perceived = decoder.perceive(canaryPng());
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(first!, "SIGKILL");
    expect((await perceived).status).toBe("hashed");
    expect(childrenOf(process.pid)).not.toContain(first);
    await decoder.close();
  });

  it("twice over one picture makes that picture a crash, and the next one is answered", async () => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(answering(`if (first === 66) process.kill(process.pid, "SIGKILL"); else process.stdout.write(reply);`)) });
    expect((await decoder.perceive(Buffer.from("A"))).status).toBe("too-small");
    expect(await decoder.perceive(Buffer.from("B"))).toEqual(crash);
    expect((await decoder.perceive(Buffer.from("C"))).status).toBe("too-small");
    await decoder.close();
  });

  it("by hanging is killed in time, twice, and the picture is a timeout", async () => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram("process.stdin.resume(); setInterval(() => {}, 1000); process.on('SIGTERM', () => {});"), deadlineMs: () => 400 });
    const before = performance.now();
    expect(await decoder.perceive(Buffer.alloc(100))).toEqual({ status: "timeout", widthPixels: 0, heightPixels: 0, codes: [] });
    expect(performance.now() - before).toBeGreaterThan(790);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(childrenOf(process.pid)).toEqual([]);
    await decoder.close();
  });

  it("by not reading its request is killed in time as well", async () => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram("setInterval(() => {}, 1000);"), deadlineMs: () => 400 });
    expect((await decoder.perceive(Buffer.alloc(4_000_000))).status).toBe("timeout");
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
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(early), deadlineMs: () => 600 });
    expect((await decoder.perceive(Buffer.alloc(100))).status).toBe("undecodable");
    await decoder.close();
    const again = startDecoder({ isolation: "process", program: hostileProgram(early), deadlineMs: () => 600 });
    expect((await again.perceive(Buffer.alloc(8_000_000))).status).toBe("timeout");
    await again.close();
  });

  it.each([
    ["another nonce", "reply[0] ^= 1; process.stdout.write(reply);"],
    ["an unknown status", "reply[16] = 9; process.stdout.write(reply);"],
    ["more than a reply", "process.stdout.write(Buffer.concat([reply, Buffer.from('more')]));"],
    ["less than a reply, and ends", "process.stdout.write(reply.subarray(1), () => process.exit());"],
    ["text", `process.stdout.write('x'.repeat(${replyBytes}));`],
    ["nothing, and ends without an error", "process.exit(0);"],
  ])("by sending %s counts as a crash and is killed", async (_, more) => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(answering(more)) });
    expect(await decoder.perceive(Buffer.from("picture"))).toEqual(crash);
    expect(childrenOf(process.pid)).toEqual([]);
    await decoder.close();
  });

  it("by speaking without being asked is not asked again", async () => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(answering("process.stdout.write(reply, () => setTimeout(() => process.stdout.write('psst'), 50));")) });
    const { heightPixels: first } = await decoder.perceive(Buffer.from("A"));
    await until(() => !isRunning(first));
    const { heightPixels: second } = await decoder.perceive(Buffer.from("B"));
    expect(second).not.toBe(first);
    await decoder.close();
  });

  it("because its program does not exist is a crash of every picture, not a wait", async () => {
    const decoder = startDecoder({ isolation: "process", program: "/nonexistent/decoder.js" });
    expect(await decoder.perceive(canaryPng())).toEqual(crash);
    await decoder.close();
    expect(() => startDecoder({ isolation: "process", program: "decoder.js" })).toThrow("expected an absolute one");
  });

  it("never happens to be the same for long: it is replaced after its share of pictures", async () => {
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(answering("process.stdout.write(reply);")), picturesPerProcess: 2 });
    const numbers: number[] = [];
    for (let picture = 0; picture < 5; picture++) numbers.push((await decoder.perceive(Buffer.of(picture))).heightPixels);
    expect(numbers.map((one) => numbers.indexOf(one))).toEqual([0, 0, 2, 2, 4]);
    await decoder.close();
  });

  it("is not lost to Ctrl-C at the terminal: it stands outside of its parent's process group", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    await decoder.perceive(canaryPng());
    const [child] = childrenOf(process.pid);
    expect(groupOf(child!)).toBe(child);
    expect(groupOf(process.pid)).not.toBe(child);
    await decoder.close();
  });

  it("sees an environment of two variables and no more", async () => {
    const check = `if (Object.keys(process.env).sort().join() !== "MALLOC_ARENA_MAX,VIPS_BLOCK_UNTRUSTED") process.exit(1); process.stdout.write(reply);`;
    const decoder = startDecoder({ isolation: "process", program: hostileProgram(answering(check)) });
    expect((await decoder.perceive(Buffer.from("A"))).status).toBe("too-small");
    await decoder.close();
  });
});

describe("the end of a decoder", () => {
  it("starts no process before the first picture and leaves none after close", async () => {
    const decoder = startDecoder({ isolation: "process", program });
    expect(childrenOf(process.pid)).toEqual([]);
    const perceived = decoder.perceive(canaryPng());
    await until(() => childrenOf(process.pid).length === 1);
    await decoder.close();
    expect((await perceived).status).toBe("hashed");
    expect(childrenOf(process.pid)).toEqual([]);
    await expect(decoder.perceive(canaryPng())).rejects.toThrow("after it was closed");
  });

  it("comes with the end of its parent, however that ends, without finishing the picture at hand", async () => {
    const slow = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: "#8a4" } }).png({ compressionLevel: 1, progressive: true }).toBuffer();
    const parent = spawn(process.execPath, ["--input-type=module", "-e", `
      import { readFileSync } from "node:fs";
      import { startDecoder } from ${JSON.stringify(compiledFile("decoder.js"))};
      const slow = readFileSync(0);
      const decoder = startDecoder({ isolation: "process", program: ${JSON.stringify(program)} });
      await decoder.perceive(slow.subarray(0, 100));
      const before = performance.now();
      await decoder.perceive(slow);
      console.log(performance.now() - before);
      await decoder.perceive(slow);
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
