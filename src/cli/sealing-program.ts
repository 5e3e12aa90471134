import { Command } from "commander";
import { notEmpty, type Run } from "./options.ts";

/** `blindmatch seal`, `timestamp`, `verify` and `key ...`: who vouches for a case, and who checks it. */
export function sealingPrograms(run: Run): readonly Command[] {
  const seal = new Command("seal")
    .description("sign a finished case: a manifest of its record and reports, in minisign's form; the same command goes on after an interruption")
    .argument("<case>", "the case folder")
    .option("--key <file>", "secret key that signs (blindmatch key new, or minisign -G)", notEmpty)
    .option("--sign-with <command>", "command of /bin/sh that signs instead: the bytes to sign on its standard input, an Ed25519 signature on its standard output (raw, hexadecimal or base64); it is run twice", notEmpty)
    .option("--public-key <file...>", "with --sign-with: the public half of its key (blindmatch key show makes one of PEM); else the same as --sealed-by")
    .option("--sealed-by <file...>", "public keys of those whose signatures must hold on the seal that is there already: when another key seals again, with --co-sign, with --seal-to alone")
    .option("--without-signature", "seal again or co-sign without the public key of whoever sealed before: nothing says then that the earlier seal is theirs")
    .option("--co-sign", "add a second examiner's signature to a case that is sealed")
    .option("--seal-to <recipient...>", "also (or, without a key, only) make an encrypted bundle of the sealed case for these public keys of age")
    .option("--bundle <file>", "file of the bundle (default: the case folder's name with .tar.age, beside it); never over another one", notEmpty)
    .action(async (folder: string, options) => run(await (await import("./seal-command.ts")).runSeal(folder, options)));

  const timestamp = new Command("timestamp")
    .description("a time stamp (RFC 3161) over the seal: write the query, or check and attach the authority's answer; nothing goes over a network")
    .argument("<case>", "the case folder, sealed")
    .option("--request <file>", "file to write the query to; never over another one", notEmpty)
    .option("--response <file>", "the answer of the authority", notEmpty)
    .option("--authority <file>", "certificates (PEM) that are trusted to state times", notEmpty)
    .action(async (folder: string, options) => run(await (await import("./timestamp-command.ts")).runTimestamp(folder, options)));

  const verify = new Command("verify")
    .description("whether a case is as it was written and sealed: chain, rows, counts, totals, reports, manifests, signatures; each line says what was checked, and where it is wrong; nothing is written")
    .argument("<path>", "a case folder, or a report or manifest within one")
    .option("--case <dir>", "the case of a report that lies elsewhere", notEmpty)
    .option("--public-key <file...>", "minisign public keys of those who must have signed")
    .option("--without-signature", "check everything but the signature, which says so")
    .option("--authority <file>", "certificates (PEM) that are trusted to state times: the time stamp must hold", notEmpty)
    .option("--home <dir>", "also say which of the lists used are imported there", notEmpty)
    .action(async (path: string, options) => run(await (await import("./verify-command.ts")).runVerify(path, options)));

  const key = new Command("key").description("keys that cases are signed with, in minisign's form");
  key
    .command("new")
    .description("make a secret key (readable by you alone) and its public half, FILE.pub; neither over another file")
    .argument("<file>", "file for the secret key")
    .option("--no-passphrase", "keep it without a passphrase, for machines at which nobody can be asked")
    .action(async (file: string, options) => run(await (await import("./key-commands.ts")).runKeyNew(file, options)));
  key
    .command("show")
    .description("print a key's public half in the form of its file: of a public key, of a secret one, or of an Ed25519 public key in PEM, as tokens give it")
    .argument("<file>", "the key")
    .action(async (file: string) => run(await (await import("./key-commands.ts")).runKeyShow(file)));
  // Options that take several values would take the case for one more.
  for (const command of [seal, verify]) command.usage(`<${command === seal ? "case" : "path"}> [options]`);
  seal.showHelpAfterError("(the case comes first: blindmatch seal CASE --public-key FILE... --seal-to RECIPIENT...; blindmatch seal --help says more)");
  verify.showHelpAfterError("(the case comes first: blindmatch verify CASE --public-key FILE...; blindmatch verify --help says more)");
  for (const command of [seal, timestamp, verify, key, ...key.commands]) command.exitOverride();
  return [seal, timestamp, verify, key];
}
