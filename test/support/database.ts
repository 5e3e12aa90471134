import Sqlite from "better-sqlite3";

/** The bytes of the SQLite database that the SQL text builds. */
export function databaseOf(sql: string): Buffer {
  const database = new Sqlite(":memory:");
  try {
    database.exec(sql);
    return database.serialize();
  } finally {
    database.close();
  }
}
