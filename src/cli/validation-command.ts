import { readdirSync, realpathSync } from "node:fs";
import { arch, cpus, hostname, release, totalmem, type as system } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exitStatuses, Failure, outcomeStatuses, systemCode } from "../failure.ts";
import { makeFolders } from "../make-folders.ts";
import type { Isolation } from "../isolation.ts";
import { signatureText } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { syncFolder } from "../record/database.ts";
import { drawCorpus } from "../validation/corpus.ts";
import { kitOf } from "../validation/kit.ts";
import { bubblewrapVersion, programSha256 } from "../validation/program-facts.ts";
import { type RunFacts, tallyOf, validationHtml, validationJsonl, validationSentence } from "../validation/report.ts";
import { Interrupted, isNoFaultOfTheProgram, programRunner } from "../validation/run-program.ts";
import { signaturesSentence, stockMinisign } from "../validation/stock-minisign.ts";
import { type Result, validate } from "../validation/validate.ts";
import { decodingText, readingText, waysOf } from "../validation/ways.ts";
import { now, timeZone } from "./clock.ts";
import { endingSignals } from "./signals.ts";
import { type Signer, signerFor, type SigningOptions } from "./signing-key.ts";
import { userName } from "./user-name.ts";
import { ownVersion, versions } from "./version.ts";
import { type UnnamedFile, writeUnnamed } from "./write-file.ts";

export interface ValidationOptions extends SigningOptions {
  readonly kit: string;
  readonly seed?: number;
  readonly isolation: Isolation;
}

/** `blindmatch selftest --kit`: validates the program on this machine and signs what it came to. Gives the exit status. */
export async function runValidation(options: ValidationOptions): Promise<number> {
  if (options.key === undefined && options.signWith === undefined)
    throw new Failure("usage", "--kit: found nobody who signs, expected --key FILE, or --sign-with COMMAND with the --public-key FILE of the key that it signs with");
  const folder = newFolder(options.kit);
  const signer = await signerFor(options);
  const interruption = interruptible();
  const corpus = drawCorpus(options.seed ?? 1);
  const kit = kitOf({
    folder,
    corpus,
    isolation: options.isolation,
    asRoot: process.getuid?.() === 0,
    minisign: stockMinisign(folder),
    kernels: fileURLToPath(new URL("../kernels", import.meta.url)),
    run: programRunner(fileURLToPath(new URL("./main.js", import.meta.url)), interruption),
  });
  const startedAt = now();
  const programFolder = fileURLToPath(new URL("../..", import.meta.url));
  const programDigest = programSha256(programFolder);
  let results: readonly Result[];
  try {
    results = await validate(kit, (part) => void process.stderr.write(`${part} ...\n`));
  } catch (thrown) {
    if (thrown instanceof Failure || !isNoFaultOfTheProgram(thrown)) throw thrown;
    const end = "nothing was validated, and there is no report; begin with another folder";
    process.stderr.write(thrown instanceof Interrupted ? `interrupted: ${end}\n` : `blindmatch: this machine refused: ${thrown instanceof Error ? thrown.message : ""} (${end})\n`);
    return thrown instanceof Interrupted ? outcomeStatuses.interrupted : outcomeStatuses.bug;
  }
  const ways = waysOf(kit.printed);
  const told = { isolation: options.isolation, reading: readingText(ways), decoding: decodingText(ways), signatures: signaturesSentence(kit.minisign) };
  const facts = { seed: corpus.seed, corpusSha256: corpus.sha256, ...told, startedAt, endedAt: now(), by: userName(), versions: { ...versions(), bubblewrap: bubblewrapVersion(), minisign: kit.minisign?.version ?? "none that could be used", [programName]: programDigest }, machine: machineFacts(), runs: kit.printed };
  writeSigned(folder, facts, results, signer);
  for (const { id, assertions } of results)
    for (const { assertion, expected, actual } of assertions) if (expected !== actual) process.stdout.write(`FAIL  ${id} ${assertion}: found ${actual}, expected ${expected}\n`);
  process.stdout.write(`${validationSentence(results)}\nreport: ${pathText(Buffer.from(join(folder, "validation.html")))}, signed by key ${signer.publicKey.keyId}\n`);
  return tallyOf(results).fail === 0 ? outcomeStatuses.complete : exitStatuses["selftest-failed"];
}

/** What is there already could be taken for what the kit made. */
function newFolder(stated: string): string {
  const folder = resolve(stated);
  const name = pathText(Buffer.from(folder));
  try {
    makeFolders(folder);
    if (readdirSync(folder).length > 0) throw new Failure("output-exists", `${name}: found a folder that holds something, expected a new or an empty one`);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure("usage", `${name}: found that no folder can be made there (${systemCode(thrown) ?? "unknown error"}), expected a new or an empty one`, thrown);
  }
  return realpathSync(folder);
}

/** The first signal ends the run that is at work and with it the kit; the second ends the process. */
function interruptible(): AbortSignal {
  const interruption = new AbortController();
  for (const signal of endingSignals)
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(outcomeStatuses.interrupted);
      interruption.abort();
    });
  return interruption.signal;
}

function machineFacts(): Readonly<Record<string, string>> {
  const processors = cpus();
  return { host: hostname(), system: `${system()} ${release()} ${arch()}`, processors: `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}`, memory: `${(totalmem() / 1e9).toFixed(1)} GB`, "time zone": timeZone(), "user id": `${process.getuid?.() ?? "unknown"}`, NODE_OPTIONS: process.env["NODE_OPTIONS"] ?? "not set" };
}

/** All files are whole and safe before the first has its name; the signature has its own last. */
function writeSigned(folder: string, facts: RunFacts, results: readonly Result[], { publicKey, sign }: Signer): void {
  const made: { readonly name: string; readonly text: string; readonly file: UnnamedFile }[] = [];
  const write = (name: string, text: string): void => void made.push({ name, text, file: writeUnnamed(join(folder, name), [text]) });
  try {
    write("validation.jsonl", validationJsonl(facts, results));
    write("validation.html", validationHtml(facts, results));
    const { pass, fail, "not-run": notRun } = tallyOf(results);
    const files = made.map(({ name, text, file }) => ({ name, sizeBytes: Buffer.byteLength(text), sha256: file.sha256 }));
    const signed = { at: facts.endedAt, by: facts.by, host: hostname(), timeZone: timeZone(), program: `blindmatch ${ownVersion()}`, keyId: publicKey.keyId };
    const manifest = `${JSON.stringify({ form: "blindmatch-validation-manifest", formVersion: 1, signed, validation: { seed: facts.seed, corpusSha256: facts.corpusSha256, pass, fail, notRun }, files }, null, 2)}\n`;
    write(manifestName, manifest);
    const comment = `validation of blindmatch ${ownVersion()}: ${pass} passed, ${fail} failed, ${notRun} not run, seed ${facts.seed}, ${facts.endedAt}`;
    write(`${manifestName}.minisig`, signatureText(publicKey.keyId, sign, Buffer.from(manifest), comment));
    for (const { file } of made) file.giveName();
    syncFolder(folder);
  } catch (thrown) {
    for (const { file } of made) file.withdraw();
    throw thrown;
  } finally {
    for (const { file } of made) file.abandon();
  }
}

const programName = "SHA-256 of the program (bin, dist, package.json)";
const manifestName = "validation.manifest.json";
