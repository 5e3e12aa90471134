import { Failure, systemCode } from "../failure.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { catalogRows, removeRow } from "./catalog-rows.ts";
import { sealCatalog } from "./catalog-seal.ts";
import { changeCatalog } from "./change-catalog.ts";
import { highestVersion, rememberVersion } from "./list-history.ts";
import { removeSegment, segmentPath } from "./segment-folder.ts";
import { damaged } from "./segment-format.ts";
import { requirePlainText } from "./stated-text.ts";

/**
 * Removes an imported list and its segment. The highest version that was imported stays remembered, with the reason, so that nothing older can
 * be imported in its place.
 *
 * Errors: Failure("key-wrong") unless `key` is the one of the home's lists; Failure("list-unknown") when the catalog does not hold it, or no longer; Failure("usage") for a reason that is no printable text;
 *         Failure("list-refused") when an import does not end in time; catalog and segments are as before then. Failure("reference-damaged") when
 *         the list is dropped and its segment cannot be removed.
 */
export async function dropList(home: string, { sha256, agency, name, version }: ListDescription, reason: string, key: Uint8Array, waitMs = 60_000): Promise<void> {
  requirePlainText("reason", reason);
  await changeCatalog(home, key, waitMs, (database) => {
    const row = catalogRows(database, home).find(({ description }) => description.sha256 === sha256 && description.version === version);
    const highest = highestVersion(database, home, { agency, name });
    if (row === undefined || highest === null) throw new Failure("list-unknown", `${agency}/${name} ${version}: found no such list imported, expected the one that was chosen`);
    removeRow(database, row);
    rememberVersion(database, { agency, name }, highest, reason);
    sealCatalog(database, home, key);
    database.exec("COMMIT");
    removeDropped(home, row.segment);
  });
}

/** Whoever drops a list counts on its being gone. */
function removeDropped(home: string, segment: string): void {
  try {
    removeSegment(home, segment);
  } catch (thrown) {
    const where = pathText(Buffer.from(segmentPath(home, segment)));
    throw damaged(where, `that it cannot be removed (${systemCode(thrown) ?? "unknown error"}) although its list is dropped`, "it gone; the next import removes it if it can be", thrown);
  }
}
