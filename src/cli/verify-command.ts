import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { exitStatuses, Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import { plainText } from "../reports/plain-text.ts";
import { recordName } from "../sealing/case-files.ts";
import { type Check, holds, note, unlessRefused } from "../sealing/check.ts";
import { checkOneReport } from "../sealing/check-one-report.ts";
import { manifestNumber } from "../sealing/manifest-names.ts";
import { certificatesIn } from "../sealing/token-form.ts";
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
  // A file that is none must not read as a fault of the case.
  if (authority !== null) certificatesIn(authority);
  const lists = options.home === undefined ? null : await readableCatalog(existingHome(options.home, "usage"), {});
  const verification = { publicKeys, withoutSignature: options.withoutSignature === true, version: ownVersion(), authority, toBeSealed: false };
  let wrongs = 0;
  const tell = (checks: Iterable<Check>): void => {
    for (const { kind, text } of checks) {
      wrongs += kind === "wrong" ? 1 : 0;
      process.stdout.write(`${marks[kind]} ${plainText(text)}\n`);
    }
  };
  try {
    if (report !== null) tell(unlessRefused(() => checkOneReport(folder, report)));
    tell(verifyCase(folder, verification));
  } catch (thrown) {
    throw readableFailure(folder, thrown);
  }
  if (lists !== null) tell(unlessRefused(() => checkLists(folder, lists)));
  process.stdout.write(wrongs === 0 ? "everything that was checked holds\n" : `${wrongs === 1 ? "1 thing is not as it must be" : `${wrongs} things are not as they must be`}\n`);
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
  if (isManifest) return { folder, report: null };
  if (caseFolder === undefined && !existsSync(join(folder, recordName))) throw new Failure("usage", `${pathText(Buffer.from(path))}: found no case around it, expected a report within its case folder; give --case DIR`);
  if (!statSync(path).isFile()) throw new Failure("usage", `${pathText(Buffer.from(path))}: found no regular file, expected a report`);
  return { folder, report: realpathSync(path) };
}

/** SQLite needs files of its own beside a record that is written to. */
function readableFailure(folder: string, thrown: unknown): unknown {
  const code = systemCode(thrown) ?? "";
  if (!/^SQLITE_(CANTOPEN|READONLY)/.test(code) || !existsSync(join(folder, `${recordName}-wal`))) return thrown;
  return new Failure("seal-refused", `record: found one that was not finished, in a place where it cannot be opened (${code}), expected one that can be written to: copy the case folder to such a place`, thrown);
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
