import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import { catalogName } from "./catalog-database.ts";
import { keyBytes } from "./chunk-cipher.ts";
import { isOfThisFormat } from "./open-segment.ts";
import { segmentPath } from "./segment-folder.ts";
import { damaged } from "./segment-format.ts";

interface StoredSeal {
  readonly keyCheck: string;
  readonly hmac: string;
}

/**
 * Checks that lists and history are those that the holder of the key wrote last: no row altered, added or taken out.
 *
 * Shape:  a catalog that was brought here from an older version has no seal; it passes while none of its segments is of this version.
 * Errors: Failure("key-wrong"); Failure("reference-damaged").
 */
export function checkCatalogSeal(database: Database, home: string, key: Uint8Array): void {
  const where = catalogName(home);
  const stored = database.prepare<[], StoredSeal>("SELECT keyCheck, hmac FROM seal").get();
  if (stored === undefined) {
    if (!mayLackSeal(database, home)) throw damaged(where, "no seal over its lists and their history", "the one that the last import wrote");
    return;
  }
  const seal = sealOf(database, key);
  if (!isEqual(stored.keyCheck, seal.keyCheck)) throw new Failure("key-wrong", `${where}: found another key than the lists were sealed with, expected that one; or another home`);
  if (!isEqual(stored.hmac, seal.hmac)) throw damaged(where, "lists or a history other than they were written", "an unaltered catalog");
}

/** Inside the caller's transaction, after its last change. */
export function sealCatalog(database: Database, key: Uint8Array): void {
  const { keyCheck, hmac } = sealOf(database, key);
  database.prepare("INSERT INTO seal (no, keyCheck, hmac) VALUES (1, ?, ?) ON CONFLICT (no) DO UPDATE SET keyCheck = excluded.keyCheck, hmac = excluded.hmac").run(keyCheck, hmac);
}

function mayLackSeal(database: Database, home: string): boolean {
  const count = (table: string): number => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const segments = database.prepare<[], { readonly segment: string }>("SELECT segment FROM list").all();
  if (segments.length === 0) return count("history") === 0 && count("imported") === 0;
  return !segments.some(({ segment }) => isOfThisFormat(segmentPath(home, segment)));
}

function sealOf(database: Database, key: Uint8Array): StoredSeal {
  const derived = (purpose: string): Buffer => Buffer.from(hkdfSync("sha256", key, new Uint8Array(0), `blindmatch catalog, ${purpose}`, keyBytes));
  const rows = [
    database.prepare("SELECT no, rowSha256, sha256, agency, name, segment, segmentSha256, description FROM list ORDER BY no").raw().all(),
    database.prepare("SELECT agency, name, version, sha256, dropReason FROM history ORDER BY agency, name").raw().all(),
    database.prepare("SELECT no, agency, name, version, sha256, kind FROM imported ORDER BY no").raw().all(),
  ];
  return { keyCheck: derived("key check").toString("hex"), hmac: createHmac("sha256", derived("seal")).update(JSON.stringify(rows), "utf8").digest("hex") };
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
