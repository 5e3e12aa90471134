import { exitStatuses, Failure, outcomeStatuses } from "../failure.ts";
import { loadScale } from "../lists/scales.ts";
import type { ListKind } from "../model.ts";
import { pathText } from "../path-text.ts";
import { homeSeal } from "../reference/catalog-seal.ts";
import { diffLists } from "../reference/diff-lists.ts";
import { dropList } from "../reference/drop-list.ts";
import { importList } from "../reference/import-list.ts";
import { distrustKey, trustedKeyOf, trustedKeys, trustKey } from "../reference/trusted-keys.ts";
import { verifyList } from "../reference/verify-lists.ts";
import { now } from "./clock.ts";
import { existingHome, madeHome } from "./home.ts";
import { keyForChange, type KeyOptions } from "./key.ts";
import { countLines, descriptionLines, originLines } from "./list-description.ts";
import { type ListReadingOptions, readingOf, signatureFileOf, smallText } from "./list-reading.ts";
import { readableCatalog, sealedCatalog } from "./sealed-catalog.ts";

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
  readonly trust?: string;
  readonly trustReason?: string;
  readonly allowOlder?: string;
  readonly allowAltered?: string;
}

/** `blindmatch list import`. Gives the exit status. */
export async function runListImport(file: string, options: ListImportOptions): Promise<number> {
  const { agency, kind } = options;
  const { scale, sha256: scaleSha256 } = await loadScale(options.scale);
  const signatureFile = signatureFileOf(file, options.signature);
  // Before the list is read, and before a home or a key is made.
  if (signatureFile === null) refuseUnsigned(file, options);
  if (options.trust === undefined && options.trustReason !== undefined) throw new Failure("usage", "--trust-reason: found no --trust, expected the key that was checked");
  const trust = options.trust === undefined ? undefined : trustedKeyOf(agency, smallText(options.trust, "usage"), options.trustReason ?? null);
  const home = madeHome(options.home);
  const known = homeSeal(home) === null ? null : await keyForChange(home, options);
  const trusted = known === null || signatureFile === null ? [] : trustedKeys(home, agency, known);
  const publicKeys = [...trusted, ...(trust === undefined ? [] : [trust])].map(({ publicKey }) => publicKey);
  const reading = await readingOf(file, { agency, kind, scale, signatureFile, publicKeys }, options);
  const { description, outcome } = await importList(home, reading, {
    key: known ?? (await keyForChange(home, options)),
    agency,
    name: options.listName,
    version: options.listVersion,
    kind,
    scale,
    scaleSha256,
    ...(options.acceptUnsigned === undefined ? {} : { unsignedReason: options.acceptUnsigned }),
    ...(trust === undefined ? {} : { trust }),
    overrides: {
      ...(options.allowOlder === undefined ? {} : { olderReason: options.allowOlder }),
      ...(options.allowAltered === undefined ? {} : { sameVersionReason: options.allowAltered }),
    },
    importedAt: now(),
  });
  print([
    `${outcome}: ${description.agency}/${description.name} ${description.version}`,
    ...(trust === undefined ? [] : [`trusted    key ${trust.keyId} for lists of ${trust.agency}${trust.reason === null ? "" : `: ${trust.reason}`}`]),
    ...originLines(description),
    ...countLines(description),
  ]);
  return outcomeStatuses.complete;
}

function refuseUnsigned(file: string, { agency, trust, acceptUnsigned }: ListImportOptions): void {
  const name = pathText(Buffer.from(file));
  if (trust !== undefined) throw new Failure("usage", `--trust: found no signature of ${name}, expected one by that key (${name}.minisig, or --signature FILE)`);
  if (acceptUnsigned === undefined)
    throw new Failure("list-refused", `${name}: found no signature, expected one of a key trusted for ${pathText(Buffer.from(agency))} (${name}.minisig, or --signature FILE); or a reason why none is needed (--accept-unsigned)`);
}

/** `blindmatch list ls`. Gives the exit status. */
export async function runListLs(options: HomeOptions): Promise<number> {
  const { lists, dropped, notes } = await readableCatalog(existingHome(options.home), options);
  if (lists.length === 0) print(["no list imported"]);
  for (const { sha256, agency, name, version, kind, counts, importedAt, signature } of lists)
    print([`${sha256.slice(0, 12)}  ${kind.padEnd(7)}  ${signature === null ? "unsigned" : "signed  "}  ${String(counts.rowsLoaded).padStart(10)} rows  ${agency}/${name} ${version}  imported ${importedAt}`]);
  for (const { agency, name, version, reason } of dropped) print([`dropped       ${agency}/${name} ${version}: ${reason}`]);
  print(notes);
  return outcomeStatuses.complete;
}

/** `blindmatch list show`. Gives the exit status. */
export async function runListShow(selector: string, options: HomeOptions): Promise<number> {
  const { find, notes } = await readableCatalog(existingHome(options.home), options);
  print([...descriptionLines(find(selector)), ...notes]);
  return outcomeStatuses.complete;
}

/** `blindmatch list verify`: every list, or the one named. Gives the exit status. */
export async function runListVerify(selector: string | undefined, options: HomeOptions): Promise<number> {
  const home = existingHome(options.home);
  const { key, lists, find } = await sealedCatalog(home, options);
  if (selector === undefined && lists.length === 0) print(["no list imported"]);
  let sound = true;
  for (const list of selector === undefined ? lists : [find(selector)]) {
    const faults = verifyList(home, list, key);
    sound &&= faults.length === 0;
    print([`${faults.length === 0 ? "ok     " : "DAMAGED"}  ${list.agency}/${list.name} ${list.version}`, ...faults.map(({ where, found, expected }) => `  ${where}: found ${found}, expected ${expected}`)]);
  }
  return sound ? outcomeStatuses.complete : exitStatuses["reference-damaged"];
}

/** `blindmatch list diff`: what importing a file as the next version of a list would change, in counts. Gives the exit status. */
export async function runListDiff(selector: string, file: string, options: ListReadingOptions & HomeOptions & { readonly signature?: string }): Promise<number> {
  const home = existingHome(options.home);
  const { key, find } = await sealedCatalog(home, options);
  const list = find(selector);
  const signatureFile = signatureFileOf(file, options.signature);
  const publicKeys = signatureFile === null ? [] : trustedKeys(home, list.agency, key).map(({ publicKey }) => publicKey);
  const reading = await readingOf(file, { agency: list.agency, kind: list.kind, scale: list.scale, signatureFile, publicKeys }, options);
  const differences = await diffLists(home, list, reading, key);
  print([
    `${list.agency}/${list.name} ${list.version} against ${pathText(Buffer.from(file))}`,
    ...Object.entries(differences).map(([name, { added, removed, changedCategory }]) => `${name.padEnd(8)} ${added} added, ${removed} removed, ${changedCategory} in another category`),
  ]);
  return outcomeStatuses.complete;
}

/** `blindmatch list drop`. Gives the exit status. */
export async function runListDrop(selector: string, options: HomeOptions & { readonly reason: string }): Promise<number> {
  const home = existingHome(options.home);
  const { key, find } = await sealedCatalog(home, options);
  const list = find(selector);
  await dropList(home, list, options.reason, key);
  print([`dropped: ${list.agency}/${list.name} ${list.version}; older versions of it are still refused`]);
  return outcomeStatuses.complete;
}

/** `blindmatch list trust`: a key for an agency; without a key, the keys that it has. Gives the exit status. */
export async function runListTrust(agency: string, keyFile: string | undefined, options: HomeOptions & { readonly reason?: string; readonly remove?: string }): Promise<number> {
  if (keyFile === undefined && options.remove === undefined) {
    const home = existingHome(options.home);
    const { key } = await sealedCatalog(home, options);
    const keys = trustedKeys(home, agency, key);
    print(keys.length === 0 ? [`no key is trusted for ${pathText(Buffer.from(agency))}`] : keys.map(({ keyId, reason }) => `${keyId}${reason === null ? "" : `  ${reason}`}`));
    return outcomeStatuses.complete;
  }
  const trusted = keyFile === undefined ? null : trustedKeyOf(agency, smallText(keyFile, "usage"), options.reason ?? null);
  const home = trusted === null ? existingHome(options.home) : madeHome(options.home);
  const key = await keyForChange(home, options);
  if (options.remove !== undefined) print([`no longer trusted for ${agency}: key ${(await distrustKey(home, agency, options.remove, key)).keyId}`]);
  if (trusted !== null) print([`trusted for ${agency}: key ${(await trustKey(home, trusted, key)).keyId}`]);
  return outcomeStatuses.complete;
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
