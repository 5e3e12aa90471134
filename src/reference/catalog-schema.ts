import { createHash } from "node:crypto";

export const applicationId = 0x626d_6361;
export const schemaVersion = 4;

/** What a new catalog consists of, but for its seal. */
export const schema = `
  CREATE TABLE list (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE,
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    segment TEXT NOT NULL UNIQUE,
    segmentSha256 TEXT NOT NULL,
    description TEXT NOT NULL,
    rowSha256 TEXT NOT NULL,
    UNIQUE (agency, name)
  ) STRICT;
  CREATE TABLE history (
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    dropReason TEXT,
    rowSha256 TEXT NOT NULL,
    PRIMARY KEY (agency, name)
  ) STRICT;
  CREATE TABLE imported (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL
  ) STRICT;
  CREATE TABLE trusted (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    agency TEXT NOT NULL,
    keyId TEXT NOT NULL,
    publicKey TEXT NOT NULL,
    reason TEXT,
    UNIQUE (agency, keyId)
  ) STRICT;
  CREATE TABLE seal (no INTEGER PRIMARY KEY CHECK (no = 1), keyCheck TEXT NOT NULL, passphraseSalt TEXT, hmac TEXT NOT NULL) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** Digest over the values of one row, by which an altered one is found. */
export function digestOf(values: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(values), "utf8").digest("hex");
}
