import { describe, expect, it } from "vitest";
import { formats } from "../../src/lists/formats.ts";

const headBytes = 64 * 1024;
const pieces = [" ", "-", "-- ", "--\n", '"', "{", "[", "<", "0", ",", ") = ", "\\", "\n", "\t-- x\n", '{"value":[{', '"@odata.context":"', '"@odata.context":"#', '"Event":{', "CREATE TABLE hashes ", "hash=0,a=", "0,0,", "0".repeat(64) + ","];
const heads = pieces.flatMap((piece) => ["", "{", "x", "SQLite format 3\0", "hash=0"].map((start) => [JSON.stringify(start + piece), Buffer.from((start + piece.repeat(headBytes)).slice(0, headBytes - 1) + "x")] as const));

describe.each(formats)("recognising $name", (format) => {
  it.each(heads)("is decided within a second for 64 KiB of %s", (_, head) => {
    const before = performance.now();
    format.recognises(head);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
