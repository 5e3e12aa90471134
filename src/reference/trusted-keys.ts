import type { Database } from "better-sqlite3";
import { Failure } from "../failure.ts";
import { parsePublicKey } from "../lists/minisign.ts";
import { pathText } from "../path-text.ts";
import { sealCatalog } from "./catalog-seal.ts";
import { changeCatalog } from "./change-catalog.ts";
import { readCatalog } from "./read-catalog.ts";
import { composedName, requirePlainText } from "./stated-text.ts";

/** A key that is trusted for one agency. Shape: `keyId` as minisign prints it, `publicKey` its base64 line; `reason` what the operator stated. */
export interface TrustedKey {
  readonly agency: string;
  readonly keyId: string;
  readonly publicKey: string;
  readonly reason: string | null;
}

/**
 * The keys whose signatures on lists of an agency are accepted, in the order in which they were trusted; none when nothing was ever trusted.
 *
 * Shape:  `publicKey` is what `openList` takes among its `publicKeys`.
 * Errors: as of `readCatalog`: trusted keys are sealed with the lists, or whoever can write to the home would decide which lists are genuine.
 */
export function trustedKeys(home: string, agency: string, key: Uint8Array): readonly TrustedKey[] {
  return readCatalog(home, key, (_, database) => (database === null ? [] : keysOf(database, composedName(agency))));
}

/**
 * A minisign public key (the text of its file, or the bare line) as it is to be trusted for the lists of one agency.
 *
 * Errors: Failure("list-refused") for a text that is no key; Failure("usage") for an agency or reason that is no printable text.
 */
export function trustedKeyOf(agency: string, keyText: string, reason: string | null): TrustedKey {
  requirePlainText("agency", agency);
  if (reason !== null) requirePlainText("reason", reason);
  const { keyId, base64: publicKey } = parsePublicKey(keyText);
  return { agency: composedName(agency), keyId, publicKey, reason };
}

/** Trusts a key; gives it as it is trusted. Errors: as of `rememberTrust` and `changeCatalog`; nothing is changed then. */
export function trustKey(home: string, trusted: TrustedKey, key: Uint8Array, waitMs = 60_000): Promise<TrustedKey> {
  return changeCatalog(home, key, waitMs, (database) => {
    const there = rememberTrust(database, trusted);
    sealCatalog(database, home, key);
    database.exec("COMMIT");
    return there;
  });
}

/** Inside the caller's transaction. Shape: one that is trusted already stays as it is. Errors: Failure("list-refused") for another key of the same id. */
export function rememberTrust(database: Database, trusted: TrustedKey): TrustedKey {
  const there = keysOf(database, trusted.agency).find(({ keyId }) => keyId === trusted.keyId);
  if (there === undefined) {
    database.prepare("INSERT INTO trusted (agency, keyId, publicKey, reason) VALUES (@agency, @keyId, @publicKey, @reason)").run(trusted);
    return trusted;
  }
  if (there.publicKey === trusted.publicKey) return there;
  throw new Failure("list-refused", `public key: found another key with the id ${trusted.keyId} than is trusted for ${trusted.agency}, expected the same; distrust that one first if the agency says so`);
}

/**
 * Takes the trust in a key for one agency back; lists that were imported with it stay.
 *
 * Errors: Failure("usage") when it is not trusted for this agency; as of `changeCatalog`. Nothing is changed then.
 */
export function distrustKey(home: string, agency: string, keyId: string, key: Uint8Array, waitMs = 60_000): Promise<TrustedKey> {
  return changeCatalog(home, key, waitMs, (database) => {
    const keys = keysOf(database, composedName(agency));
    const gone = keys.find((trusted) => trusted.keyId === keyId.toUpperCase());
    if (gone === undefined)
      throw new Failure("usage", `key id: found "${pathText(Buffer.from(keyId))}", expected one that is trusted for this agency: ${keys.map((trusted) => trusted.keyId).join(", ") || "there is none"}`);
    database.prepare("DELETE FROM trusted WHERE agency = @agency AND keyId = @keyId").run(gone);
    sealCatalog(database, home, key);
    database.exec("COMMIT");
    return gone;
  });
}

function keysOf(database: Database, agency: string): readonly TrustedKey[] {
  return database.prepare<[string], TrustedKey>("SELECT agency, keyId, publicKey, reason FROM trusted WHERE agency = ? ORDER BY no").all(agency);
}
