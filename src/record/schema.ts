import { cryptographicAlgorithms, digestBytes } from "../model.ts";

/** SQLite's application_id of a record: "bmre". */
export const applicationId = 0x626d7265;

/** SQLite's user_version of a record. A record of a higher one is refused; any change below raises it. */
export const schemaVersion = 5;

/** Versions that this program reads. Those before 4 were never released. */
export type SchemaVersion = 4 | 5;

/** What the walk found of an entry. Times and identities are ANY: a decimal text where 64 bits do not hold them. */
export const foundColumns = [
  "path", "kind", "sizeBytes", "device", "inode", "links", "mode", "modifiedNs", "changedNs", "accessedNs", "createdNs", "unread", "errorCode",
] as const;
export const planColumns = ["no", "sameAs", ...foundColumns] as const;
export const examinedColumns = ["entry", "outcome", "reason", "errorCode", "failedAtBytes", ...cryptographicAlgorithms, "mediaType", "extensionFits", "pictureStatus", "widthPixels", "heightPixels"] as const;
export const embeddedColumns = ["entry", "nth", "name", "offsetBytes", "sizeBytes", ...cryptographicAlgorithms, "pictureStatus", "widthPixels", "heightPixels"] as const;
export const matchColumns = [
  "entry", "nth", "list", "reference", "recordId", "category", "algorithms", "contradictedBy", "kind", "distanceBits", "transform", "embedded", "doubts", "nearReferences",
] as const;
export const rematchColumns = ["pass", ...matchColumns] as const;
export const keptCodesColumns = ["entry", "nth", "sealed"] as const;
export const logColumns = ["seq", "at", "kind", "body", "prev", "hash"] as const;

/** Definitions of `foundColumns`, for the plan and for the table that the plan is sorted in. */
export const foundDefinitions = `
  path BLOB NOT NULL,
  kind TEXT NOT NULL,
  sizeBytes INTEGER NOT NULL CHECK (sizeBytes >= 0),
  device ANY NOT NULL,
  inode ANY NOT NULL,
  links INTEGER NOT NULL,
  mode INTEGER NOT NULL,
  modifiedNs ANY NOT NULL,
  changedNs ANY NOT NULL,
  accessedNs ANY NOT NULL,
  createdNs ANY NOT NULL,
  unread TEXT,
  errorCode TEXT`;

const digestDefinitions = cryptographicAlgorithms.map((name) => `${name} BLOB CHECK (length(${name}) = ${digestBytes[name]})`).join(",\n  ");

const matchDefinitions = `
  entry INTEGER NOT NULL REFERENCES examined (entry),
  nth INTEGER NOT NULL CHECK (nth >= 0),
  list INTEGER NOT NULL CHECK (list >= 0),
  reference INTEGER NOT NULL CHECK (reference >= 0),
  recordId TEXT,
  category TEXT,
  algorithms TEXT NOT NULL CHECK (algorithms <> ''),
  contradictedBy TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('exact', 'near')),
  distanceBits INTEGER CHECK ((kind = 'near') = (distanceBits IS NOT NULL)),
  transform TEXT,
  embedded TEXT,
  doubts TEXT NOT NULL CHECK (kind = 'near' OR doubts = ''),
  nearReferences INTEGER CHECK ((kind = 'near') = (nearReferences IS NOT NULL))`;

const tables = {
  plan: `CREATE TABLE plan (
  no INTEGER PRIMARY KEY CHECK (no >= 0),
  sameAs INTEGER REFERENCES plan (no) CHECK (sameAs < no),${foundDefinitions}
) STRICT`,
  examined: `CREATE TABLE examined (
  entry INTEGER PRIMARY KEY REFERENCES plan (no),
  outcome TEXT NOT NULL CHECK (outcome IN ('examined', 'without-content', 'unread')),
  reason TEXT CHECK ((outcome = 'unread') = (reason IS NOT NULL)),
  errorCode TEXT,
  failedAtBytes INTEGER CHECK (failedAtBytes IS NULL OR (outcome = 'unread' AND failedAtBytes >= 0)),
  ${digestDefinitions},
  mediaType TEXT,
  extensionFits INTEGER CHECK (extensionFits IN (0, 1)),
  pictureStatus TEXT,
  widthPixels INTEGER,
  heightPixels INTEGER,
  CHECK ((outcome = 'examined') = (sha256 IS NOT NULL)),
  CHECK (outcome = 'examined' OR coalesce(${cryptographicAlgorithms.join(", ")}) IS NULL)
) STRICT`,
  embedded: `CREATE TABLE embedded (
  entry INTEGER NOT NULL REFERENCES examined (entry),
  nth INTEGER NOT NULL CHECK (nth >= 0),
  name TEXT NOT NULL,
  offsetBytes INTEGER NOT NULL CHECK (offsetBytes >= 0),
  sizeBytes INTEGER NOT NULL CHECK (sizeBytes > 0),
  ${digestDefinitions},
  pictureStatus TEXT NOT NULL,
  widthPixels INTEGER NOT NULL,
  heightPixels INTEGER NOT NULL,
  CHECK (sha256 IS NOT NULL),
  PRIMARY KEY (entry, nth)
) STRICT, WITHOUT ROWID`,
  match: `CREATE TABLE "match" (${matchDefinitions},
  PRIMARY KEY (entry, nth)
) STRICT, WITHOUT ROWID`,
  log: `CREATE TABLE log (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT`,
};

// `list` counts over the lists of all passes, one after the other. `nth` of kept codes is -1 for the file's own picture, else that of `embedded`.
const tablesSince5 = {
  rematch: `CREATE TABLE rematch (
  pass INTEGER NOT NULL CHECK (pass >= 2),${matchDefinitions},
  PRIMARY KEY (pass, entry, nth)
) STRICT, WITHOUT ROWID`,
  keptCodes: `CREATE TABLE keptCodes (
  entry INTEGER NOT NULL REFERENCES examined (entry),
  nth INTEGER NOT NULL CHECK (nth >= -1),
  sealed BLOB NOT NULL,
  PRIMARY KEY (entry, nth)
) STRICT, WITHOUT ROWID`,
};

const statementsOf4: readonly string[] = [...Object.values(tables), `CREATE INDEX unreadEntries ON examined (entry) WHERE outcome = 'unread'`, ...appendOnly(Object.keys(tables))];

/** What makes a record of version 4 one of version 5. */
export const statementsFrom4To5: readonly string[] = [...Object.values(tablesSince5), ...appendOnly(Object.keys(tablesSince5))];

/** The statements that make an empty record, each as SQLite keeps it in sqlite_master. */
export function schemaStatements(version: SchemaVersion): readonly string[] {
  return version === 4 ? statementsOf4 : [...statementsOf4, ...statementsFrom4To5];
}

function appendOnly(names: readonly string[]): string[] {
  return names.flatMap((table) =>
    ["UPDATE", "DELETE"].map((change) => `CREATE TRIGGER ${table}Refuses${change} BEFORE ${change} ON "${table}" BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END`),
  );
}

/** An INSERT of whole rows. */
export function insertInto(table: string, columns: readonly string[], rows = 1): string {
  const row = `(${columns.map(() => "?").join(", ")})`;
  return `INSERT INTO "${table}" (${columns.join(", ")}) VALUES ${Array<string>(rows).fill(row).join(", ")}`;
}
