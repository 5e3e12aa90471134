import { existsSync, readFileSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import type { ReadOptions } from "../lists/format.ts";
import { type ListReading, openList } from "../lists/read-list.ts";
import { trustedKeys } from "../lists/trust.ts";
import type { ListKind, Scale } from "../model.ts";
import { pathText } from "../path-text.ts";

/** What the operator may say about how a list file is read. */
export interface ListReadingOptions {
  readonly format?: string;
  readonly algorithm?: NonNullable<ReadOptions["algorithm"]>;
  readonly category?: string;
  readonly identity?: string;
  readonly partial?: boolean;
  readonly keepSensitiveFields?: boolean;
}

/** Opens a list file for reading under an agency's name: a `.minisig` beside it, or the one stated, is verified against the agency's trusted keys. */
export async function readingOf(
  file: string,
  { agency, kind, scale, home, signature }: { readonly agency: string; readonly kind: ListKind; readonly scale: Scale; readonly home: string; readonly signature: string | undefined },
  options: ListReadingOptions,
): Promise<ListReading> {
  const signatureFile = signature ?? (existsSync(`${file}.minisig`) ? `${file}.minisig` : undefined);
  return openList(file, {
    scale,
    kind,
    ...(signatureFile === undefined ? {} : { signature: signatureOf(signatureFile, home, agency) }),
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.algorithm === undefined ? {} : { algorithm: options.algorithm }),
    ...(options.category === undefined ? {} : { category: options.category }),
    ...(options.identity === undefined ? {} : { identityFile: options.identity }),
    ...(options.keepSensitiveFields === undefined ? {} : { keepSensitive: options.keepSensitiveFields }),
    ...(options.partial === undefined ? {} : { partial: options.partial }),
  });
}

function signatureOf(file: string, home: string, agency: string): { readonly signatureText: string; readonly publicKeys: string[] } {
  const publicKeys = trustedKeys(home, agency).map(({ publicKey }) => publicKey);
  if (publicKeys.length === 0)
    throw new Failure("list-refused", `${pathText(Buffer.from(file))}: found a signature and no key trusted for ${pathText(Buffer.from(agency))}, expected one; see blindmatch list trust --help`);
  return { signatureText: textOf(file), publicKeys };
}

/** A small text file. Errors: Failure("usage") when it cannot be read. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw new Failure("usage", `${pathText(Buffer.from(file))}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected a text file`, thrown);
  }
}
