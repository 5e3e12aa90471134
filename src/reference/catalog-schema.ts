import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import { damaged } from "./segment-format.ts";

export const applicationId = 0x626d_6361;
export const schemaVersion = 3;

const historyTable = `
  CREATE TABLE history (
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    dropReason TEXT,
    rowSha256 TEXT NOT NULL,
    PRIMARY KEY (agency, name)
  ) STRICT;
`;

const sealedTables = `
  CREATE TABLE imported (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    kind TEXT
  ) STRICT;
  CREATE TABLE seal (no INTEGER PRIMARY KEY CHECK (no = 1), keyCheck TEXT NOT NULL, hmac TEXT NOT NULL) STRICT;
`;

/** What a new catalog consists of. */
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
  ${historyTable}
  ${sealedTables}
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** What a list that was imported under version 1 cannot tell of itself. */
const unknownInVersion1 = { signature: null, unsignedReason: "imported by a version of this program that asked for no signature", plaintextSha256: null, overrides: [] };

interface Version1Row {
  readonly no: number;
  readonly sha256: string;
  readonly agency: string;
  readonly name: string;
  readonly segment: string;
  readonly segmentSha256: string;
  readonly description: string;
  readonly rowSha256: string;
}

/**
 * Brings a catalog of version 1 to version 2, inside the caller's transaction: what the lists cannot tell is stated as unknown, and the version
 * that is imported is the highest one that is remembered.
 *
 * Errors: Failure("reference-damaged") for a row that is not as it was written.
 */
export function migrateFromVersion1(database: Database, where: string): void {
  database.exec(historyTable);
  const update = database.prepare("UPDATE list SET description = ?, rowSha256 = ? WHERE no = ?");
  const remember = database.prepare("INSERT INTO history (agency, name, version, sha256, dropReason, rowSha256) VALUES (?, ?, ?, ?, NULL, ?)");
  for (const { no, sha256, agency, name, segment, segmentSha256, description, rowSha256 } of database.prepare<[], Version1Row>("SELECT * FROM list ORDER BY no").all()) {
    if (digestOf([sha256, agency, name, segment, segmentSha256, description]) !== rowSha256) throw damaged(where, `list ${no} other than it was written`, "an unaltered catalog");
    const { counts, ...rest } = JSON.parse(description) as { readonly version: string; readonly counts: object };
    const migrated = JSON.stringify({ ...rest, counts: { ...counts, duplicates: null, conflictingCategories: null }, ...unknownInVersion1 });
    update.run(migrated, digestOf([sha256, agency, name, segment, segmentSha256, migrated]), no);
    remember.run(agency, name, rest.version, sha256, digestOf([agency, name, rest.version, sha256, null]));
  }
  database.pragma("user_version = 2");
}

/** Brings a catalog of version 2 to version 3, inside the caller's transaction: what is imported, and the highest versions, are the imports that are remembered. */
export function migrateFromVersion2(database: Database): void {
  database.exec(`
    ${sealedTables}
    INSERT INTO imported (agency, name, version, sha256, kind)
      SELECT agency, name, version, sha256, NULL FROM history
      WHERE NOT EXISTS (SELECT 1 FROM list WHERE list.sha256 = history.sha256 AND list.agency = history.agency AND list.name = history.name);
    INSERT INTO imported (agency, name, version, sha256, kind) SELECT agency, name, description ->> 'version', sha256, description ->> 'kind' FROM list ORDER BY no;
    PRAGMA user_version = 3;
  `);
}

/** Digest over the values of one row, by which an altered one is found. */
export function digestOf(values: readonly (string | null)[]): string {
  return createHash("sha256").update(JSON.stringify(values), "utf8").digest("hex");
}
