import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { namesIn, pathIn } from "../sealing/case-files.ts";
import { manifestsAmong, signatureName, tokenName } from "../sealing/manifest-names.ts";
import { timeQuery, tokenTime } from "../sealing/time-token.ts";
import { existingCase } from "./case-folder.ts";
import { writeNewBytes } from "./write-file.ts";

export interface TimestampOptions {
  readonly request?: string;
  readonly response?: string;
  readonly authority?: string;
}

/** `blindmatch timestamp`: a query for an authority, or the answer that it gave. Gives the exit status. */
export async function runTimestamp(caseFolder: string, { request, response, authority }: TimestampOptions): Promise<number> {
  const folder = existingCase(caseFolder);
  const names = namesIn(folder);
  const newest = manifestsAmong(names).at(-1);
  if (newest === undefined || !names.includes(signatureName(newest))) throw new Failure("seal-refused", "case: found no signed manifest, expected a sealed case; see blindmatch seal --help");
  if ((request === undefined) === (response === undefined) || (response === undefined) !== (authority === undefined))
    throw new Failure("usage", "timestamp: expected --request FILE to write a query, or --response FILE with --authority FILE to attach the answer");
  const signature = pathIn(folder, signatureName(newest));
  if (request !== undefined) {
    writeNewBytes(resolve(request), timeQuery(signature));
    process.stdout.write(`query: ${pathText(Buffer.from(request))}, over ${signatureName(newest)}; have an authority answer it (RFC 3161)\n`);
  } else if (response !== undefined && authority !== undefined) {
    const { token, time } = checkedToken(response, signature, resolve(authority));
    writeNewBytes(pathIn(folder, tokenName(newest)).toString(), token);
    process.stdout.write(`time stamp: ${signatureName(newest)} existed at ${time}; kept as ${tokenName(newest)}\n`);
  }
  return outcomeStatuses.complete;
}

/** Of a copy, so that what is attached is what was verified. */
function checkedToken(response: string, signature: Buffer, authority: string): { readonly token: Buffer; readonly time: string } {
  const place = mkdtempSync(join(tmpdir(), "blindmatch-"));
  try {
    const copy = join(place, "token");
    try {
      copyFileSync(response, copy);
    } catch (thrown) {
      throw new Failure("usage", `${pathText(Buffer.from(response))}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected the answer of an authority`, thrown);
    }
    return { time: tokenTime(Buffer.from(copy), signature, authority), token: readFileSync(copy) };
  } finally {
    rmSync(place, { recursive: true });
  }
}
