import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import { catalogName, openCatalogDatabase } from "./catalog-database.ts";
import { keyBytes } from "./chunk-cipher.ts";
import { damaged } from "./segment-format.ts";

interface StoredSeal {
  readonly keyCheck: string;
  readonly passphraseSalt: string | null;
  readonly hmac: string;
}

/**
 * Checks that lists, history and trusted keys are those that the holder of the key wrote last: no row altered, added or taken out.
 *
 * Shape:  every catalog is sealed in the step that begins it, so that one without a seal is never right, whatever else it holds or lacks.
 * Errors: Failure("key-wrong"); Failure("reference-damaged").
 */
export function checkCatalogSeal(database: Database, home: string, key: Uint8Array): void {
  const where = catalogName(home);
  const stored = storedSeal(database, home);
  if (!isEqual(stored.keyCheck, keyCheckOf(key))) throw new Failure("key-wrong", `${where}: found another key than the lists were sealed with, expected that one; or another home`);
  if (!isEqual(stored.hmac, hmacOf(database, key, stored.passphraseSalt))) throw damaged(where, "lists, a history or trusted keys other than they were written", "an unaltered catalog");
}

/** What everybody may know of how a catalog is sealed. */
export interface HomeSeal {
  /** What the passphrase is stretched with; null when it was sealed with a key file. */
  readonly passphraseSalt: Uint8Array | null;
  fits(key: Uint8Array): boolean;
}

/** Null where no catalog was begun yet. Errors: as of `openCatalogDatabase`; Failure("reference-damaged") for a catalog without a seal. */
export function homeSeal(home: string): HomeSeal | null {
  const database = openCatalogDatabase(home);
  if (database === null) return null;
  try {
    const { keyCheck, passphraseSalt } = storedSeal(database, home);
    if (passphraseSalt !== null && !/^[0-9a-f]{64}$/.test(passphraseSalt)) throw damaged(catalogName(home), "a salt of its passphrase that is none", "the 64 hex digits that it was begun with");
    return { passphraseSalt: passphraseSalt === null ? null : Uint8Array.from(Buffer.from(passphraseSalt, "hex")), fits: (key) => isEqual(keyCheck, keyCheckOf(key)) };
  } finally {
    database.close();
  }
}

/** Inside the caller's transaction, for a catalog that has no seal yet. Shape: `passphraseSalt` null for a key from a file. */
export function firstSeal(database: Database, key: Uint8Array, passphraseSalt: Uint8Array | null): void {
  const salt = passphraseSalt === null ? null : Buffer.from(passphraseSalt).toString("hex");
  database.prepare("INSERT INTO seal (no, keyCheck, passphraseSalt, hmac) VALUES (1, ?, ?, ?)").run(keyCheckOf(key), salt, hmacOf(database, key, salt));
}

/** Inside the caller's transaction, after its last change, with the key that was checked before it. */
export function sealCatalog(database: Database, home: string, key: Uint8Array): void {
  database.prepare("UPDATE seal SET hmac = ?").run(hmacOf(database, key, storedSeal(database, home).passphraseSalt));
}

function storedSeal(database: Database, home: string): StoredSeal {
  const stored = database.prepare<[], StoredSeal>("SELECT keyCheck, passphraseSalt, hmac FROM seal").get();
  if (stored === undefined) throw damaged(catalogName(home), "no seal over its lists and their history", "the one that it was begun with");
  return stored;
}

function keyCheckOf(key: Uint8Array): string {
  return derived(key, "key check").toString("hex");
}

function hmacOf(database: Database, key: Uint8Array, passphraseSalt: string | null): string {
  const rows = [
    database.prepare("SELECT no, rowSha256, sha256, agency, name, segment, segmentSha256, description FROM list ORDER BY no").raw().all(),
    database.prepare("SELECT agency, name, version, sha256, dropReason FROM history ORDER BY agency, name").raw().all(),
    database.prepare("SELECT no, agency, name, version, sha256, kind FROM imported ORDER BY no").raw().all(),
    database.prepare("SELECT no, agency, keyId, publicKey, reason FROM trusted ORDER BY no").raw().all(),
    passphraseSalt,
  ];
  return createHmac("sha256", derived(key, "seal")).update(JSON.stringify(rows), "utf8").digest("hex");
}

function derived(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, new Uint8Array(0), `blindmatch catalog, ${purpose}`, keyBytes));
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
