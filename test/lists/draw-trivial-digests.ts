// Writes src/lists/trivial-digests.ts: `npx tsx test/lists/draw-trivial-digests.ts`.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { trivialContents } from "../../src/lists/trivial-content.ts";
import { cryptographicAlgorithms } from "../../src/model.ts";

const { Blake3Hasher } = createRequire(import.meta.url)("@napi-rs/blake-hash") as { Blake3Hasher: new () => { update(bytes: Buffer): void; digestBuffer(): Buffer } };

const lines = trivialContents.map(({ bytes, times }) => {
  const content = bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(bytes.length * times, Buffer.from(bytes));
  const digests = cryptographicAlgorithms.map((algorithm) => {
    if (algorithm !== "blake3") return createHash(algorithm).update(content).digest();
    const hasher = new Blake3Hasher();
    hasher.update(content);
    return hasher.digestBuffer();
  });
  return `  "${Buffer.concat(digests).toString("base64")}",\n`;
});
const comment = "/** MD5, SHA-1, SHA-256 and BLAKE3 of each of `trivialContents`, in base64: hashing them at every start would take 0.3 s, and BLAKE3 is not at hand here. */\n";
writeFileSync(new URL("../../src/lists/trivial-digests.ts", import.meta.url), `${comment}export const trivialDigests: readonly string[] = [\n${lines.join("")}];\n`);
