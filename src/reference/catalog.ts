import { Failure } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { catalogName, openCatalogDatabase } from "./catalog-database.ts";
import { catalogRows } from "./catalog-rows.ts";

/** What is imported: names and counts, never a digest of a reference. */
export interface Catalog {
  /** In the order of import. */
  lists(): readonly ListDescription[];
  /**
   * The one list of this name, `agency/name`, or beginning of its SHA-256 (at least 8 digits).
   *
   * Errors: Failure("list-unknown") naming what could be meant when it is none or several.
   */
  find(selector: string): ListDescription;
  close(): void;
}

const leastDigits = /^[0-9a-f]{8,64}$/;

/** The catalog of a home, made when it is missing. Errors: as of `openCatalogDatabase`. */
export function openCatalog(home: string): Catalog {
  const database = openCatalogDatabase(home);
  const lists = (): readonly ListDescription[] => catalogRows(database, home).map(({ description }) => description);
  return {
    lists,
    find(selector) {
      const all = lists();
      const meant = all.filter((list) => isMeant(list, selector));
      const [only] = meant;
      if (only !== undefined && meant.length === 1) return only;
      const candidates = (meant.length === 0 ? all : meant).map(inWords).join(", ");
      const quoted = `"${pathText(Buffer.from(selector))}"`;
      throw new Failure(
        "list-unknown",
        meant.length === 0
          ? `${catalogName(home)}: found no list ${quoted}, expected ${candidates === "" ? "one to be imported first" : `one of ${candidates}`}`
          : `${catalogName(home)}: found ${meant.length} lists for ${quoted}, expected a selector of one: ${candidates}`,
      );
    },
    close: () => void database.close(),
  };
}

function isMeant({ sha256, agency, name }: ListDescription, selector: string): boolean {
  const digits = selector.toLowerCase();
  return name === selector || `${agency}/${name}` === selector || (leastDigits.test(digits) && sha256.startsWith(digits));
}

function inWords({ sha256, agency, name, version }: ListDescription): string {
  return `${agency}/${name} ${version} (${sha256.slice(0, 12)})`;
}
