import { Failure } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { catalogName, openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";
import { checkCatalogSeal } from "./catalog-seal.ts";
import { droppedLists, type DroppedList } from "./list-history.ts";
import { composedName } from "./stated-text.ts";

/** What is imported: names and counts, never a digest of a reference. */
export interface Catalog {
  /** In the order of import. */
  readonly lists: readonly ListDescription[];
  /** By agency and name. */
  readonly dropped: readonly DroppedList[];
  /**
   * The one list of this name, `agency/name`, or beginning of its SHA-256 (at least 8 digits).
   *
   * Errors: Failure("list-unknown") naming what could be meant when it is none or several.
   */
  find(selector: string): ListDescription;
}

const leastDigits = /^[0-9a-f]{8,64}$/;

/**
 * The catalog of a home as it is now; empty where none was begun yet.
 *
 * Shape:  `key` null where it is not at hand: then nobody knows whether the lists are those that were imported.
 * Errors: as of `openCatalogDatabase` and `checkCatalogSeal`; Failure("reference-damaged") for a row that is not as it was written.
 */
export function catalogOf(home: string, key: Uint8Array | null): Catalog {
  const { lists, dropped } = contents(home, key);
  return {
    lists,
    dropped,
    find(selector) {
      const meant = lists.filter((list) => isMeant(list, composedName(selector)));
      const [only] = meant;
      if (only !== undefined && meant.length === 1) return only;
      const candidates = (meant.length === 0 ? lists : meant).map(inWords).join(", ");
      const quoted = `"${pathText(Buffer.from(selector))}"`;
      throw new Failure(
        "list-unknown",
        meant.length === 0
          ? `${catalogName(home)}: found no list ${quoted}, expected ${candidates === "" ? "one to be imported first" : `one of ${candidates}`}`
          : `${catalogName(home)}: found ${meant.length} lists for ${quoted}, expected a selector of one: ${candidates}`,
      );
    },
  };
}

function contents(home: string, key: Uint8Array | null): Pick<Catalog, "lists" | "dropped"> {
  const database = openCatalogDatabase(home);
  if (database === null) return { lists: [], dropped: [] };
  try {
    if (key !== null) checkCatalogSeal(database, home, key);
    return { lists: catalogRows(database, home).map(({ description }) => description), dropped: droppedLists(database) };
  } finally {
    database.close();
  }
}

function isMeant({ sha256, agency, name }: ListDescription, selector: string): boolean {
  const digits = selector.toLowerCase();
  return name === selector || `${agency}/${name}` === selector || (leastDigits.test(digits) && sha256.startsWith(digits));
}

function inWords({ sha256, agency, name, version }: ListDescription): string {
  return `${agency}/${name} ${version} (${sha256.slice(0, 12)})`;
}
