import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { exitStatuses, Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import { plainText } from "../reports/plain-text.ts";
import { blocksOf } from "../sealing/case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "../sealing/check.ts";
import { manifestNumber } from "../sealing/manifest-names.ts";
import { everyReport } from "../sealing/report-rows.ts";
import { verifyCase } from "../sealing/verify-case.ts";
import { existingCase } from "./case-folder.ts";
import { existingHome } from "./home.ts";
import { readableCatalog } from "./sealed-catalog.ts";
import { publicKeyIn } from "./signing-key.ts";
import { ownVersion } from "./version.ts";

export interface VerifyCommandOptions {
  readonly case?: string;
  readonly publicKey?: readonly string[];
  readonly withoutSignature?: boolean;
  readonly authority?: string;
  readonly home?: string;
}

const marks = { holds: "ok    ", note: "note  ", wrong: "WRONG " } as const;

/** `blindmatch verify`: of a case, a report or a manifest. Gives the exit status. */
export async function runVerify(path: string, options: VerifyCommandOptions): Promise<number> {
  const { folder, report } = subject(path, options.case);
  const publicKeys = (options.publicKey ?? []).map(publicKeyIn);
  const authority = options.authority === undefined ? null : resolve(options.authority);
  const lists = options.home === undefined ? null : await readableCatalog(existingHome(options.home, "usage"), {});
  const verification = { publicKeys, withoutSignature: options.withoutSignature === true, version: ownVersion(), authority, toBeSealed: false };
  let wrongs = 0;
  const tell = (checks: Iterable<Check>): void => {
    for (const { kind, text } of checks) {
      wrongs += kind === "wrong" ? 1 : 0;
      process.stdout.write(`${marks[kind]} ${plainText(text)}\n`);
    }
  };
  if (report !== null) tell(unlessRefused(() => checkOneReport(folder, report)));
  tell(verifyCase(folder, verification));
  if (lists !== null) tell(unlessRefused(() => checkLists(folder, lists)));
  process.stdout.write(wrongs === 0 ? "everything that was checked holds\n" : `${wrongs} ${wrongs === 1 ? "thing is" : "things are"} not as they must be\n`);
  return wrongs === 0 ? outcomeStatuses.complete : exitStatuses["seal-refused"];
}

/** What a path names: a case folder, or a file within one that is a manifest or (as is any file with --case) a report. */
function subject(path: string, caseFolder: string | undefined): { readonly folder: string; readonly report: string | null } {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (thrown) {
    throw new Failure("usage", `${pathText(Buffer.from(path))}: it cannot be found (${systemCode(thrown) ?? "unknown error"}), expected a case folder, a report or a manifest`, thrown);
  }
  if (isFolder && caseFolder !== undefined) throw new Failure("usage", "--case: found a folder to verify besides, expected a report");
  if (isFolder) return { folder: existingCase(path), report: null };
  const folder = existingCase(caseFolder ?? dirname(path));
  const isManifest = manifestNumber(basename(path)) !== null && caseFolder === undefined;
  return { folder, report: isManifest ? null : realpathSync(path) };
}

/** The one report that was asked for, wherever it lies: the case must know its bytes. */
function* checkOneReport(folder: string, file: string): Generator<Check> {
  const name = pathText(Buffer.from(file));
  const sha256 = sha256Of(file);
  const record = openRecord(folder);
  try {
    for (const { seq, at, body } of everyReport(record))
      if (body.sha256 === sha256 || body.pages?.some((page) => page.sha256 === sha256) === true) return yield holds(`${name}: the ${body.format} report of row ${seq} of the record, made ${body.madeAt ?? at} (case ${record.header.caseNumber}, exhibit ${record.header.exhibit})`);
    yield wrong(name, `SHA-256 ${sha256}, which no row of the record tells of`, "a report of this case");
  } finally {
    record.close();
  }
}

function sha256Of(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Failure("usage", `${pathText(Buffer.from(file))}: found no regular file, expected a report`);
    const digest = createHash("sha256");
    for (const block of blocksOf(descriptor)) digest.update(block);
    return digest.digest("hex");
  } finally {
    closeSync(descriptor);
  }
}

/** Which of the lists used are imported here. What is not there is said; it is no fault of the case. */
function* checkLists(folder: string, catalog: Awaited<ReturnType<typeof readableCatalog>>): Generator<Check> {
  const record = openRecord(folder);
  try {
    for (const [index, { sha256, agency, name, version }] of record.lists.entries()) {
      const list = `list ${index + 1}: ${agency}/${name} ${version}`;
      if (catalog.lists.some((imported) => imported.sha256 === sha256)) yield holds(`${list} is imported here, with the same SHA-256`);
      else if (catalog.dropped.some((dropped) => dropped.agency === agency && dropped.name === name && dropped.version === version)) yield note(`${list} was imported here and dropped`);
      else yield note(`${list} is not imported here`);
    }
    for (const text of catalog.notes) yield note(`lists: ${text}`);
  } finally {
    record.close();
  }
}
