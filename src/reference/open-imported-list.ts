import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import { scaleText } from "../lists/scales.ts";
import type { ListDescription } from "../model.ts";
import { pathText } from "../path-text.ts";
import { descriptionSha256 } from "./canonical-description.ts";
import type { CatalogRow } from "./catalog-rows.ts";
import { openSegment } from "./open-segment.ts";
import type { Segment } from "./segment.ts";
import { segmentPath } from "./segment-folder.ts";
import { damaged } from "./segment-format.ts";

/** Printable path of a list's segment, for messages. */
export function segmentName(home: string, { segment }: CatalogRow): string {
  return pathText(Buffer.from(segmentPath(home, segment)));
}

/** The row of a list that was chosen before. Errors: Failure("list-unknown") when the catalog does not hold it, or no longer. */
export function rowOf(rows: readonly CatalogRow[], { sha256, agency, name, version }: ListDescription): CatalogRow {
  const row = rows.find(({ description }) => description.sha256 === sha256);
  if (row !== undefined) return row;
  throw new Failure("list-unknown", `${agency}/${name} ${version}: found no such list imported, expected the one that was chosen`);
}

/** The segment of a list, whole and checked. Errors: Failure("key-wrong"); Failure("reference-damaged") also for an intact one that is not the catalog's. */
export function openImportedList(home: string, row: CatalogRow, key: Uint8Array): Segment {
  const where = segmentName(home, row);
  const { segment, list, description, sha256 } = openSegment(segmentPath(home, row.segment), where, key);
  if (sha256 !== row.segmentSha256 || list !== row.description.sha256) throw damaged(where, "another segment", "the one that was imported under this name");
  if (description !== descriptionSha256(row.description)) {
    const { agency, name, version } = row.description;
    throw damaged(where, `another description of ${agency}/${name} ${version} than the catalog has`, "the one that it was imported under");
  }
  const { scale, scaleSha256 } = row.description;
  if (createHash("sha256").update(scaleText(scale), "utf8").digest("hex") !== scaleSha256) throw damaged(where, "another scale in the catalog", `the one with SHA-256 ${scaleSha256}`);
  const { rowsLoaded } = row.description.counts;
  if (segment.rows !== rowsLoaded) throw damaged(where, `${segment.rows} rows`, `${rowsLoaded}`);
  return segment;
}
