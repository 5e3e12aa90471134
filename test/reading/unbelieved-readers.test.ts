import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asReader, batch, root, start } from "../support/reader-pool.ts";

/** Findings of a batch that are right but for some of their fields. */
function examinedWith(fields: string): string {
  return `apart(message.batch.no.map((no) => { const digests = { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(32), blake3: new Uint8Array(32) };
    return { outcome: "examined", no, digests, mediaType: null, extensionFits: null, picture: null, embedded: [], ${fields} }; }))`;
}

it("a reader that answers for other files than it was asked is not believed", async () => {
  const program = join(root, "liar.mjs");
  writeFileSync(program, `${asReader} process.on("message", (m) => process.send(m.kind === "start" ? { kind: "ready" } : { kind: "findings", findings: apart([{ outcome: "without-content", no: 99 }, { outcome: "without-content", no: 1 }]) }));`);
  const findings = await start(program).read(Buffer.from(root), batch(2));
  expect(findings).toEqual([0, 1].map((no) => ({ outcome: "unread", no, reason: "reader-lost", errorCode: null })));
});

it.each([
  ["no findings", "7"],
  ["findings in no form", "message.batch.no"],
  ["too few findings", `apart([])`],
  ["something else than findings", `apart(message.batch.no.map(() => 7))`],
  ["fewer findings than places for them", `{ ...columns, apart: new Array(2) }`],
  ["outcomes that nobody knows", `apart(message.batch.no.map((no) => ({ outcome: "fine", no })))`],
  ["reasons that nobody knows", `apart(message.batch.no.map((no) => ({ outcome: "unread", no, reason: "because", errorCode: null })))`],
  ["no digests", `apart(message.batch.no.map((no) => ({ outcome: "examined", no, digests: {}, mediaType: null, extensionFits: null, picture: null, embedded: [] })))`],
  ["digests that are too short", `apart(message.batch.no.map((no) => ({ outcome: "examined", no, digests: { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256: new Uint8Array(31), blake3: new Uint8Array(32) }, mediaType: null, extensionFits: null, picture: null, embedded: [] })))`],
  ["columns without digests", `{ ...columns, digests: null }`],
  ["a byte too few in the columns", `{ ...columns, digests: new Uint8Array(199) }`],
  ["a byte too many in the columns", `{ ...columns, digests: new Uint8Array(201) }`],
  ["numbers for bytes", `{ ...columns, digests: new Float32Array(200) }`],
  ["a type too few", `{ ...columns, mediaTypes: [null] }`],
  ["types that are no texts", `{ ...columns, mediaTypes: [null, {}] }`],
  ["a type that is missing", `{ ...columns, mediaTypes: new Array(2) }`],
  ["answers that are neither yes nor no", `{ ...columns, extensionFits: [true, 1] }`],
  ["columns that one of its findings does not stand in", `{ ...columns, apart: [null, { outcome: "without-content", no: 1 }] }`],
  ["words instead of an error code", `apart(message.batch.no.map((no) => ({ outcome: "unread", no, reason: "io", errorCode: "the first words of a letter" })))`],
  ["words instead of a place", `apart(message.batch.no.map((no) => ({ outcome: "unread", no, reason: "io", errorCode: "EIO", failedAtBytes: "words" })))`],
  ["a media type that nobody knows", examinedWith(`mediaType: "text/words"`)],
  ["a digest that nobody asked for", examinedWith(`digests: { ...digests, sha512: new Uint8Array(64) }`)],
  ["words instead of a transform", examinedWith(`picture: { status: "hashed", widthPixels: 1, heightPixels: 1, codes: [{ transform: "full of words", quality: 1, uniformPercent: 1, code: new Uint8Array(32) }] }`)],
  ["words instead of a width", examinedWith(`picture: { status: "hashed", widthPixels: "words", heightPixels: 1, codes: [] }`)],
  ["words instead of a part's name", examinedWith(`embedded: [{ name: "words", offsetBytes: 1, sizeBytes: 1, digests, picture: { status: "off", widthPixels: 1, heightPixels: 1, codes: [] } }]`)],
  ["a media type that nobody knows, in the columns", `{ ...columns, mediaTypes: [null, "text/words"] }`],
])("a reader that answers with %s is not believed", async (_, findings) => {
  const program = join(root, "shapeless.mjs");
  // As a reader says it of two files, with all four digests: 100 bytes a file.
  const columns = `const columns = { apart: [null, null], digests: new Uint8Array(200), mediaTypes: [null, "image/png"], extensionFits: [null, true] };`;
  writeFileSync(program, `${asReader} ${columns} process.on("message", (message) => process.send(message.kind === "start" ? { kind: "ready" } : { kind: "findings", findings: ${findings}, wasDoubted: false }));`);
  expect(await start(program).read(Buffer.from(root), batch(2))).toEqual([0, 1].map((no) => ({ outcome: "unread", no, reason: "reader-lost", errorCode: null })));
});

it("a reader that answers with columns of the right form is believed", async () => {
  const program = join(root, "shapely.mjs");
  writeFileSync(program, `process.on("message", (message) => process.send(message.kind === "start" ? { kind: "ready" } : { kind: "findings", wasDoubted: false, findings:
    { apart: [null, null], digests: Uint8Array.from({ length: 200 }, (_, at) => at), mediaTypes: [null, "image/png"], extensionFits: [null, true] } }));`);
  const bytes = (from: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => from + at);
  const digestsFrom = (from: number) => ({ md5: bytes(from, 16), sha1: bytes(from + 16, 20), sha256: bytes(from + 36, 32), blake3: bytes(from + 68, 32) });
  expect(await start(program).read(Buffer.from(root), batch(2))).toEqual([
    { outcome: "examined", no: 0, digests: digestsFrom(0), mediaType: null, extensionFits: null, picture: null, embedded: [] },
    { outcome: "examined", no: 1, digests: digestsFrom(100), mediaType: "image/png", extensionFits: true, picture: null, embedded: [] },
  ]);
});

it.each(["null", `"findings"`, `{ kind: "other" }`, `{ kind: "ask" }`, `{ kind: "perceived", digests: {} }`, `{ kind: "alive", bytesRead: "many" }`, `{ kind: "alive", bytesRead: 1, work: { busyMs: -1, decodingMs: 0, cpuMs: 1, pictures: 0 } }`])("a reader that says %s is ended, and nothing but it", async (message) => {
  const program = join(root, "talkative.mjs");
  writeFileSync(program, `process.on("message", ({ kind }) => process.send(kind === "start" ? { kind: "ready" } : ${message}));`);
  expect(await start(program).read(Buffer.from(root), batch(1))).toEqual([{ outcome: "unread", no: 0, reason: "reader-lost", errorCode: null }]);
});

/** A reader that hangs at every file of a name like this, and works like the real one else. */
