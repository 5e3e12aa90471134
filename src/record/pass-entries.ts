import type { CryptographicAlgorithm, Digests, Embedded, Finding, Picture } from "../model.ts";
import { cryptographicAlgorithms } from "../model.ts";
import type { RecordDatabase } from "./database.ts";
import type { StoredEmbedded } from "./entry-rows.ts";
import type { CodeVault } from "./kept-codes.ts";
import { paged, pageRows } from "./pages.ts";
import { embeddedColumns } from "./schema.ts";

/** What an examined entry was found to hold, as far as matching needs it. */
export interface RecordedFinding {
  readonly finding: Extract<Finding, { outcome: "examined" }>;
  readonly sizeBytes: number;
}

interface ExaminedRow extends Readonly<Record<CryptographicAlgorithm, Uint8Array | null>> {
  readonly entry: bigint;
  readonly sizeBytes: bigint;
  readonly isPicture: bigint;
}

/**
 * Examined entries in their order, with the codes that were kept of their pictures.
 *
 * Shape:  `vault` null: no codes are read, and pictures are left out. Of a picture only the codes are told.
 * Errors: Failure("record-damaged") for codes that do not open.
 */
export function* recordedFindings(database: RecordDatabase, vault: CodeVault | null): Generator<RecordedFinding> {
  const page = database.prepare<[bigint, number], ExaminedRow>(
    `SELECT entry, sizeBytes, ${cryptographicAlgorithms.join(", ")}, pictureStatus IS NOT NULL AS isPicture FROM examined JOIN plan ON plan.no = entry WHERE outcome = 'examined' AND entry > ? ORDER BY entry LIMIT ?`,
  );
  const embeddedOf = database.prepare<[bigint], StoredEmbedded>(`SELECT ${embeddedColumns.join(", ")} FROM embedded WHERE entry = ? ORDER BY nth`);
  const codesOf = vault === null ? null : database.prepare<[bigint], { nth: bigint; sealed: Uint8Array }>("SELECT nth, sealed FROM keptCodes WHERE entry = ?");
  for (const row of paged(-1n, (after) => page.all(after, pageRows), ({ entry }) => entry)) {
    const no = Number(row.entry);
    const kept = new Map((row.isPicture === 1n ? (codesOf?.all(row.entry) ?? []) : []).map(({ nth, sealed }) => [Number(nth), sealed]));
    const pictureOf = (nth: number): Picture | null => {
      const sealed = kept.get(nth);
      return sealed === undefined || vault === null ? null : { status: "hashed", widthPixels: 0, heightPixels: 0, codes: vault.open({ entry: no, nth }, sealed) };
    };
    // Only a picture holds pictures.
    const embedded = row.isPicture === 1n ? embeddedOf.all(row.entry).map((part, nth) => embeddedFinding(part, pictureOf(nth))) : [];
    yield { finding: { outcome: "examined", no, digests: digestsOf(row), mediaType: null, extensionFits: null, picture: pictureOf(-1), embedded }, sizeBytes: Number(row.sizeBytes) };
  }
}

const withoutCodes: Picture = { status: "off", widthPixels: 0, heightPixels: 0, codes: [] };

function embeddedFinding(part: StoredEmbedded, picture: Picture | null): Embedded {
  return { name: part.name, offsetBytes: Number(part.offsetBytes), sizeBytes: Number(part.sizeBytes), digests: digestsOf(part), picture: picture ?? withoutCodes };
}

function digestsOf(row: Readonly<Record<CryptographicAlgorithm, Uint8Array | null>>): Digests {
  const digests: Partial<Record<CryptographicAlgorithm, Uint8Array>> = {};
  for (const name of cryptographicAlgorithms) {
    const digest = row[name];
    if (digest !== null) digests[name] = digest;
  }
  // The table allows no examined entry without it.
  return digests as Digests;
}
