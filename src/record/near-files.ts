import { mostNear } from "../model.ts";
import { type RecordDatabase, unlessDamaged } from "./database.ts";

/** References that more different files resemble than copies of one picture explain, each with their number. */
export interface CrowdedReferences {
  /** Null for a reference that is not crowded. */
  filesNear(list: number, reference: number): number | null;
  /** [list, reference] of each, as JSON. */
  readonly json: string;
}

/** Counted over all near matches of the record; files with the same bytes count once. */
export function crowdedReferences(database: RecordDatabase): CrowdedReferences {
  const rows = unlessDamaged(() =>
    database
      .prepare<[number], { list: bigint; reference: bigint; files: bigint }>(
        `SELECT list, reference, count(DISTINCT sha256) AS files FROM everyMatch JOIN examined USING (entry) WHERE kind = 'near' GROUP BY list, reference HAVING files > ? ORDER BY 1, 2`,
      )
      .all(mostNear),
  );
  const counts = new Map(rows.map(({ list, reference, files }) => [`${list} ${reference}`, Number(files)]));
  return {
    filesNear: (list, reference) => counts.get(`${list} ${reference}`) ?? null,
    json: JSON.stringify(rows.map(({ list, reference }) => [Number(list), Number(reference)])),
  };
}
