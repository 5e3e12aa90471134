import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DecoderOptions, startDecoder } from "../../src/perceptual/decoder.ts";
import { answeringProgram, compiledFile } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { temporaryFolder } from "../support/folder.ts";

/** What each process was asked, when every answer is confirmed by itself: `drawn`, or the number of a picture. */
async function askedOf(count: number, more: Partial<DecoderOptions> = {}): Promise<readonly (readonly string[])[]> {
  const log = join(temporaryFolder(), "asked");
  const files = await Promise.all(Array.from({ length: count }, (_, no) => encode(drawPhoto(no + 1, 40, 40), "png")));
  const program = answeringProgram(`appendFileSync(${JSON.stringify(log)}, process.pid + " " + (isCanary(picture) ? "drawn" : Buffer.from(picture).toString("base64")) + "\\n"); return perceivedOf(picture, "image/png");`);
  const decoder = startDecoder({ isolation: "process", program, ...more });
  for (const file of files) {
    await decoder.perceive("image/png", file);
    expect(await decoder.confirm()).toBe(true);
  }
  await decoder.close();
  const texts = files.map((file) => file.toString("base64"));
  const processes = new Map<string, string[]>();
  for (const line of readFileSync(log, "utf8").trim().split("\n")) {
    const [number, content] = line.split(" ") as [string, string];
    processes.set(number, [...(processes.get(number) ?? []), content === "drawn" ? content : String(texts.indexOf(content))]);
  }
  return [...processes.values()];
}

describe("pictures of the exhibit as canaries", () => {
  it("are asked at each proof, each once, of later processes, which go on as long as there are some", async () => {
    const processes = await askedOf(44);
    const seen = new Set<string>();
    const anew = processes.map((asked) => asked.filter((one) => one !== "drawn" && !seen.has(one) && seen.add(one)));
    expect(anew.map((pictures) => pictures.length)).toEqual([16, 7, 7, 7, 7]);
    const again = processes.map((asked, at) => asked.filter((one) => one !== "drawn" && !anew[at]!.includes(one)));
    expect(again.map((pictures) => pictures.length)).toEqual([0, 7, 7, 7, 7]);
    expect(new Set(again.flat()).size).toBe(28);
    again.slice(1).forEach((pictures, at) => expect(anew[at]).toEqual(expect.arrayContaining(pictures)));
    // After its first canary each proof is a picture of evidence and a drawn one, in either order.
    const orders = processes.slice(1).flatMap(([, ...asked]) => Array.from({ length: asked.length / 3 }, (_, proof) => asked[3 * proof + 1] === "drawn"));
    expect(new Set(orders)).toEqual(new Set([true, false]));
  });

  it("are answered alike by every process, whatever format they are", async () => {
    const formats = ["jpeg", "png", "webp", "gif", "tiff", "avif"] as const;
    const decoder = startDecoder({ isolation: "process", program: compiledFile("decoder-process.js") });
    for (let no = 0; no < 42; no++) {
      const format = formats[no % formats.length]!;
      expect((await decoder.perceive(`image/${format}`, await encode(drawPhoto(no + 1, 120, 80), format))).picture.status).toBe("hashed");
      expect(await decoder.confirm(), `after ${no} ${format}`).toBe(true);
    }
    await decoder.close();
  });

  it("are not asked where each picture has a process of its own, nor where nothing is", async () => {
    expect(await askedOf(3, { picturesPerProcess: 1 })).toEqual([["drawn", "0"], ["drawn", "1"], ["drawn", "2"]]);
    expect(await askedOf(20, { canary: null })).toEqual([Array.from({ length: 20 }, (_, no) => String(no))]);
  });
});
