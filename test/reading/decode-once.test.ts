import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Perceived } from "../../src/model.ts";
import { decodeOnce } from "../../src/reading/decode-once.ts";

const contentOf = (name: string): Uint8Array => createHash("sha256").update(name).digest();
const perceivedAs = (name: string): Perceived => ({
  picture: { status: "hashed", widthPixels: 9, heightPixels: 9, codes: [{ transform: name, quality: 100, uniformPercent: 3, code: Uint8Array.from(contentOf(name)) }] },
  embedded: [{ name: "thumbnail", offsetBytes: 2, sizeBytes: 7, picture: { status: "partial", widthPixels: 5, heightPixels: 5, codes: [] } }],
});
const settled = async (promise: Promise<unknown>): Promise<unknown> => Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve("waits"), 20))]);

describe("decoding each content once", () => {
  it("asks the first for it, lets all others wait, and gives them what it came to", async () => {
    const once = decodeOnce();
    expect(await once.ask(contentOf("a"))).toBe("decode");
    const others = [once.ask(contentOf("a")), once.ask(contentOf("a"))];
    expect(await settled(others[0]!)).toBe("waits");
    expect(await once.ask(contentOf("b"))).toBe("decode");
    once.tell(contentOf("a"), perceivedAs("a"));
    expect(await Promise.all(others)).toEqual([perceivedAs("a"), perceivedAs("a")]);
    expect(await once.ask(contentOf("a"))).toEqual(perceivedAs("a"));
  });

  it("asks exactly one of those who wait when the first is gone", async () => {
    const once = decodeOnce();
    await once.ask(contentOf("a"));
    const [second, third] = [once.ask(contentOf("a")), once.ask(contentOf("a"))];
    once.giveUp(contentOf("a"));
    expect(await second).toBe("decode");
    expect(await settled(third)).toBe("waits");
    once.tell(contentOf("a"), perceivedAs("a"));
    expect(await third).toEqual(perceivedAs("a"));
    once.giveUp(contentOf("never asked for"));
    expect(await once.ask(contentOf("never asked for"))).toBe("decode");
  });

  it("forgets the oldest when its memory is full, and what is larger than that at once", async () => {
    const once = decodeOnce(2000);
    for (let picture = 0; picture < 50; picture++) {
      await once.ask(contentOf(`${picture}`));
      once.tell(contentOf(`${picture}`), perceivedAs(`${picture}`));
    }
    expect(await once.ask(contentOf("49"))).toEqual(perceivedAs("49"));
    expect(await once.ask(contentOf("0"))).toBe("decode");
    const tiny = decodeOnce(10);
    await tiny.ask(contentOf("a"));
    const second = tiny.ask(contentOf("a"));
    tiny.tell(contentOf("a"), perceivedAs("a"));
    expect(await second).toBe("decode");
  });
});
