import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { systemProgram } from "../system-programs.ts";

/** The minisign of this machine, by which signatures are made and verified that the program's own code had no part in. */
export interface StockMinisign {
  /** As it tells it: "minisign 0.11". */
  readonly version: string;
  /** Public half of a key that it made for the kit. */
  readonly publicKeyFile: string;
  /** Writes FILE.minisig. Gives whether it did. */
  readonly sign: (file: string) => boolean;
  /** Whether FILE.minisig holds for the file and the key. */
  readonly verifies: (file: string, publicKeyFile: string) => boolean;
}

/** Null where there is none, or one that makes no key without a passphrase, for then nobody could be asked. The key is put into the folder. */
export function stockMinisign(folder: string, program: string | null = systemProgram("minisign")): StockMinisign | null {
  if (program === null) return null;
  const run = (...args: readonly string[]) => spawnSync(program, args, { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8", env: {}, timeout: 60_000 });
  const [secretKeyFile, publicKeyFile] = [join(folder, "stock-minisign.key"), join(folder, "stock-minisign.pub")];
  if (run("-G", "-W", "-s", secretKeyFile, "-p", publicKeyFile).status !== 0) return null;
  return {
    version: run("-v").stdout.trim(),
    publicKeyFile,
    sign: (file) => run("-S", "-s", secretKeyFile, "-m", file, "-t", "drawn by the kit").status === 0,
    verifies: (file, publicKey) => run("-V", "-m", file, "-p", publicKey).status === 0,
  };
}

/** By which code signatures were made and verified, for the report. */
export function signaturesSentence(stock: StockMinisign | null): string {
  return stock === null
    ? "This machine has no stock minisign that makes keys without a passphrase: the signed lists were signed by code that the program has, too, and the case's manifest was verified by Node's OpenSSL alone."
    : `Lists were signed by code that the program has, too, and by the stock program of this machine (${stock.version}), which also verified the former; the case's manifest was verified by it and by Node's OpenSSL.`;
}
