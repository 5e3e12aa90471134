import { mkdirSync } from "node:fs";
import { outcomeStatuses } from "../failure.ts";
import { openList } from "../lists/read-list.ts";
import type { ReadOptions } from "../lists/format.ts";
import { loadScale } from "../lists/scales.ts";
import type { ListDescription, ListKind } from "../model.ts";
import { openCatalog } from "../reference/catalog.ts";
import { importList } from "../reference/import-list.ts";
import { now } from "./clock.ts";
import { homeFolder } from "./home.ts";

export interface ListImportOptions {
  readonly agency: string;
  readonly listName: string;
  readonly listVersion: string;
  readonly scale: string;
  readonly kind: ListKind;
  readonly format?: string;
  readonly algorithm?: NonNullable<ReadOptions["algorithm"]>;
  readonly category?: string;
  readonly home?: string;
}

/** `blindmatch list import`. Gives the exit status. */
export async function runListImport(file: string, options: ListImportOptions): Promise<number> {
  const { scale, sha256: scaleSha256 } = await loadScale(options.scale);
  const reading = await openList(file, {
    scale,
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
    ...(options.category === undefined ? {} : { category: options.category }),
  });
  const home = homeFolder(options.home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const { description, outcome } = await importList(home, reading, {
    agency: options.agency,
    name: options.listName,
    version: options.listVersion,
    kind: options.kind,
    scale,
    scaleSha256,
    importedAt: now(),
  });
  print([
    `${outcome}: ${description.agency}/${description.name} ${description.version}`,
    ...countLines(description),
  ]);
  return outcomeStatuses.complete;
}

/** `blindmatch list ls`. Gives the exit status. */
export function runListLs(options: { readonly home?: string }): number {
  const lists = inCatalog(options.home, (catalog) => catalog.lists());
  if (lists.length === 0) print(["no list imported"]);
  for (const { sha256, agency, name, version, kind, counts, importedAt } of lists)
    print([`${sha256.slice(0, 12)}  ${kind.padEnd(7)}  ${String(counts.rowsLoaded).padStart(10)} rows  ${agency}/${name} ${version}  imported ${importedAt}`]);
  return outcomeStatuses.complete;
}

/** `blindmatch list show`. Gives the exit status. */
export function runListShow(selector: string, options: { readonly home?: string }): number {
  const list = inCatalog(options.home, (catalog) => catalog.find(selector));
  print([
    `list       ${list.agency}/${list.name}`,
    `version    ${list.version}`,
    `kind       ${list.kind}`,
    `format     ${list.format}`,
    `sha-256    ${list.sha256}  (${list.sizeBytes} bytes)`,
    `imported   ${list.importedAt}`,
    `scale      ${list.scale.scale} ${list.scale.version} (${list.scale.source}; sha-256 ${list.scaleSha256})`,
    ...countLines(list),
  ]);
  return outcomeStatuses.complete;
}

/** What the import counted: rows read = loaded + refused. */
function countLines({ counts, scale }: ListDescription): string[] {
  const refused = Object.entries(counts.refused);
  const labels = new Map(scale.entries.map(({ code, label, disposition }) => [code, `${label} [${disposition}]`]));
  return [
    `rows       ${counts.rowsRead} read = ${counts.rowsLoaded} loaded + ${refused.reduce((sum, [, count]) => sum + count, 0)} refused`,
    ...refused.map(([reason, count]) => `  refused  ${count}: ${reason}`),
    ...Object.entries(counts.dropped).map(([reason, count]) => `  dropped  ${count} digests: ${reason}`),
    `digests    ${Object.entries(counts.digests).map(([name, count]) => `${name} ${count}`).join(", ")}`,
    ...Object.entries(counts.categories).map(([code, count]) => `category   ${code === "" ? "none stated" : `${code} (${labels.get(code) ?? "not in the scale"})`}: ${count} rows`),
    ...Object.entries(counts.unmatchable).map(([name, count]) => `cannot be compared here: ${count} ${name} fingerprints`),
    ...(counts.md5Only > 0 ? [`weak       ${counts.md5Only} rows carry MD5 only: collisions can be made`] : []),
  ];
}

function inCatalog<Result>(home: string | undefined, use: (catalog: ReturnType<typeof openCatalog>) => Result): Result {
  const catalog = openCatalog(homeFolder(home));
  try {
    return use(catalog);
  } finally {
    catalog.close();
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
