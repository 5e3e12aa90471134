import { afterAll, describe, expect, it } from "vitest";
import { startDecoder } from "../../src/perceptual/decoder.ts";
import { below, compiledFile, peakMebibytes } from "../support/decoder-program.ts";
import { drawPhoto, encode } from "../support/draw.ts";
import { bombs } from "../support/pictures-bombs.ts";
import { maySandbox } from "../support/may-sandbox.ts";
import { describeWith } from "../support/tools.ts";

const mostMebibytes = 1024;
const mostSeconds = 60;
/** BOMBS=1 adds those that take seconds, and prints what each came to. */
const isLong = process.env["BOMBS"] === "1";

describeWith("bwrap", maySandbox, "a picture made to bring the decoder down", () => {
  const decoder = startDecoder({ program: compiledFile("decoder-process.js"), isolation: "sandbox" });
  afterAll(() => decoder.close());
  let expected: unknown = null;

  it.each(bombs.filter(({ isSlow }) => isLong || isSlow !== true))("comes to a status, within a minute and a GiB: $name (REQ-22)", async ({ name, mediaType, make, status }) => {
    const ordinary = await encode(drawPhoto(77, 200, 150), "jpeg");
    const bytes = await make();
    const peaks = new Map<number, number>();
    const look = (): void => below(process.pid).forEach((each) => peaks.set(each, Math.max(peaks.get(each) ?? 0, peakMebibytes(each))));
    const timer = setInterval(look, 50);
    const startedMs = performance.now();
    const { picture } = await decoder.perceive(mediaType, bytes);
    const seconds = (performance.now() - startedMs) / 1000;
    look();
    clearInterval(timer);
    const most = Math.max(...peaks.values());
    if (isLong) process.stdout.write(`${name}\t${bytes.length}\t${picture.status}\t${seconds.toFixed(1)} s\t${most.toFixed(0)} MiB\n`);
    expect.soft(picture.status).toBe(status);
    expect(seconds).toBeLessThan(mostSeconds);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(mostMebibytes);
    const after = await decoder.perceive("image/jpeg", ordinary);
    expect(after.picture.status).toBe("hashed");
    expected ??= after;
    expect(after).toEqual(expected);
  });

  it("left every answer to be believed", async () => {
    expect(await decoder.confirm()).toBe(true);
  });
});

describe("the bombs", () => {
  it("are forty or more, each with a name of its own", () => {
    expect(bombs.length).toBeGreaterThanOrEqual(40);
    expect(new Set(bombs.map(({ name }) => name)).size).toBe(bombs.length);
  });
});
