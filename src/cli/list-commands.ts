import { exitStatuses, outcomeStatuses } from "../failure.ts";
import { loadScale } from "../lists/scales.ts";
import { distrustKey, trustedKeys, trustKey } from "../lists/trust.ts";
import type { ListDescription, ListKind } from "../model.ts";
import { pathText } from "../path-text.ts";
import { openCatalog } from "../reference/catalog.ts";
import { diffLists } from "../reference/diff-lists.ts";
import { dropList } from "../reference/drop-list.ts";
import { importList } from "../reference/import-list.ts";
import { verifyList } from "../reference/verify-lists.ts";
import { now } from "./clock.ts";
import { existingHome, madeHome } from "./home.ts";
import { type KeyOptions, keyForImport, keyOf } from "./key.ts";
import { countLines, descriptionLines, originLines } from "./list-description.ts";
import { type ListReadingOptions, readingOf, smallText } from "./list-reading.ts";

interface HomeOptions extends KeyOptions {
  readonly home?: string;
}

export interface ListImportOptions extends ListReadingOptions, HomeOptions {
  readonly agency: string;
  readonly listName: string;
  readonly listVersion: string;
  readonly scale: string;
  readonly kind: ListKind;
  readonly signature?: string;
  readonly acceptUnsigned?: string;
  readonly allowOlder?: string;
  readonly allowAltered?: string;
}

/** `blindmatch list import`. Gives the exit status. */
export async function runListImport(file: string, options: ListImportOptions): Promise<number> {
  const { scale, sha256: scaleSha256 } = await loadScale(options.scale);
  const home = madeHome(options.home);
  const { agency, kind } = options;
  const reading = await readingOf(file, { agency, kind, scale, home, signature: options.signature }, options);
  const { description, outcome } = await importList(home, reading, {
    key: await keyForImport(home, options),
    agency,
    name: options.listName,
    version: options.listVersion,
    kind,
    scale,
    scaleSha256,
    ...(options.acceptUnsigned === undefined ? {} : { unsignedReason: options.acceptUnsigned }),
    overrides: {
      ...(options.allowOlder === undefined ? {} : { olderReason: options.allowOlder }),
      ...(options.allowAltered === undefined ? {} : { sameVersionReason: options.allowAltered }),
    },
    importedAt: now(),
  });
  print([`${outcome}: ${description.agency}/${description.name} ${description.version}`, ...originLines(description), ...countLines(description)]);
  return outcomeStatuses.complete;
}

/** `blindmatch list ls`. Gives the exit status. */
export function runListLs(options: HomeOptions): number {
  const lists = imported(options);
  if (lists.length === 0) print(["no list imported"]);
  for (const { sha256, agency, name, version, kind, counts, importedAt, signature } of lists)
    print([`${sha256.slice(0, 12)}  ${kind.padEnd(7)}  ${signature === null ? "unsigned" : "signed  "}  ${String(counts.rowsLoaded).padStart(10)} rows  ${agency}/${name} ${version}  imported ${importedAt}`]);
  return outcomeStatuses.complete;
}

/** `blindmatch list show`. Gives the exit status. */
export function runListShow(selector: string, options: HomeOptions): number {
  print(descriptionLines(listNamed(selector, options)));
  return outcomeStatuses.complete;
}

/** `blindmatch list verify`: every list, or the one named. Gives the exit status. */
export async function runListVerify(selector: string | undefined, options: HomeOptions): Promise<number> {
  const home = existingHome(options.home);
  const key = await keyOf(home, options);
  let sound = true;
  for (const list of selector === undefined ? imported(options) : [listNamed(selector, options)]) {
    const faults = verifyList(home, list, key);
    sound &&= faults.length === 0;
    print([`${faults.length === 0 ? "ok     " : "DAMAGED"}  ${list.agency}/${list.name} ${list.version}`, ...faults.map(({ where, found, expected }) => `  ${where}: found ${found}, expected ${expected}`)]);
  }
  return sound ? outcomeStatuses.complete : exitStatuses["reference-damaged"];
}

/** `blindmatch list diff`: what importing a file as the next version of a list would change, in counts. Gives the exit status. */
export async function runListDiff(selector: string, file: string, options: ListReadingOptions & HomeOptions & { readonly signature?: string }): Promise<number> {
  const home = existingHome(options.home);
  const list = listNamed(selector, options);
  const reading = await readingOf(file, { agency: list.agency, kind: list.kind, scale: list.scale, home, signature: options.signature }, options);
  const differences = await diffLists(home, list, reading, await keyOf(home, options));
  print([
    `${list.agency}/${list.name} ${list.version} against ${pathText(Buffer.from(file))}`,
    ...Object.entries(differences).map(([name, { added, removed, changedCategory }]) => `${name.padEnd(8)} ${added} added, ${removed} removed, ${changedCategory} in another category`),
  ]);
  return outcomeStatuses.complete;
}

/** `blindmatch list drop`. Gives the exit status. */
export async function runListDrop(selector: string, options: HomeOptions & { readonly reason: string }): Promise<number> {
  const list = listNamed(selector, options);
  const home = existingHome(options.home);
  await dropList(home, list, options.reason, await keyOf(home, options));
  print([`dropped: ${list.agency}/${list.name} ${list.version}; older versions of it are still refused`]);
  return outcomeStatuses.complete;
}

/** `blindmatch list trust`: a key for an agency; without a key, the keys that it has. Gives the exit status. */
export function runListTrust(agency: string, keyText: string | undefined, options: HomeOptions & { readonly reason?: string; readonly remove?: string }): number {
  const home = madeHome(options.home);
  if (options.remove !== undefined) print([`no longer trusted for ${agency}: key ${distrustKey(home, agency, options.remove).keyId}`]);
  if (keyText !== undefined) print([`trusted for ${agency}: key ${trustKey(home, agency, smallText(keyText, "usage"), options.reason ?? null).keyId}`]);
  if (options.remove === undefined && keyText === undefined) print(trustedKeys(home, agency).map(({ keyId, reason }) => `${keyId}${reason === null ? "" : `  ${reason}`}`));
  return outcomeStatuses.complete;
}

function imported(options: HomeOptions): readonly ListDescription[] {
  return inCatalog(options, (catalog) => catalog.lists());
}

function listNamed(selector: string, options: HomeOptions): ListDescription {
  return inCatalog(options, (catalog) => catalog.find(selector));
}

function inCatalog<Result>(options: HomeOptions, use: (catalog: ReturnType<typeof openCatalog>) => Result): Result {
  const catalog = openCatalog(existingHome(options.home));
  try {
    return use(catalog);
  } finally {
    catalog.close();
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
