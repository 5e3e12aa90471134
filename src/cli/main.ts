import { Command, CommanderError, Option } from "commander";
import { Failure, exitStatuses, outcomeStatuses, systemCode } from "../failure.ts";
import { digestsArgument } from "./digests.ts";
import { completeHelp } from "./help.ts";
import { listProgram } from "./list-program.ts";
import { imageDigestArgument } from "./image-check.ts";
import { nearThresholdArgument } from "./near-thresholds.ts";
import { helpEnd, homeOption, isolationOption, keyOptions, notEmpty, type Run, sizeArgument, wholeNumber } from "./options.ts";
import { coreDumpsWarning, switchOffCoreDumps } from "../reading/core-dumps.ts";
import { closeInheritedDescriptors } from "./inherited-descriptors.ts";
import { sealingPrograms } from "./sealing-program.ts";
import { flushed } from "./standard-output.ts";
import { ownVersion } from "./version.ts";

function commands(run: Run): Command {
  const program = new Command("blindmatch")
    .description("Matches the files of a seized drive against known-material lists, without showing anybody what they hold.")
    .version(ownVersion(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(blindmatch --help says more)")
    .addHelpText("after", helpEnd);

  const scan = program
    .command("scan")
    .description("examine a mounted evidence image and write its record and reports; the same command goes on after an interruption")
    .argument("<evidence>", "folder on which the image is mounted, read-only")
    .requiredOption("--case <dir>", "folder for the record and the reports; one exhibit each", notEmpty)
    .requiredOption("--case-number <text>", "the case's number", notEmpty)
    .requiredOption("--exhibit <text>", "the exhibit's reference", notEmpty)
    .requiredOption("--examiner <name>", "who examines it", notEmpty)
    .option("--organisation <name>", "the examiner's organisation", notEmpty)
    .option("--list <selector...>", "lists to match against: name, agency/name, or the first digits of the SHA-256 (default: all imported)")
    .option("--readers <n>", "reader processes (default: one per core; one alone for a disk that rotates)", wholeNumber(1, 256))
    .option("--stop-after <n>", "end when so many entries have an exact or near match, with reports marked partial (status 3); the same command without it goes on", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--digests <names>", "digests to compute of every file: md5, sha1, sha256, blake3 with commas between, or all (default: sha256 and each that a list in use carries, which may not be left out)", digestsArgument)
    .option("--no-perceptual", "no near matching: cryptographic digests only")
    .option("--near-threshold <list=bits/quality>", "how near is near, for one list or (without list=) for all: bits that may differ, at most 31 (default), and least PDQ quality (default 50)", nearThresholdArgument)
    .addOption(isolationOption())
    .option("--skip-near-for-exact", "do not decode pictures whose bytes match a notable list exactly; the report says how many")
    .option("--allow-writable <reason>", "examine evidence that is not mounted read-only; the reason stands in the report", notEmpty)
    .addOption(new Option("--keep-codes", "keep the perceptual codes of all pictures in the record, sealed with the key of the lists, so that rematch can compare them with later lists").conflicts(["perceptual", "skipNearForExact"]))
    .option("--largest-file <size>", "leave files above this size unread, such as 500G: they make the scan incomplete (default: every file is read)", sizeArgument)
    .option("--hash-image", "hash the whole image or device before the scan and after it (reads it twice); the report says whether it stayed the same")
    .option("--image-digest <algorithm:hex>", "a digest of the whole image as it was acquired, which must agree; may be given again; implies --hash-image", imageDigestArgument)
    .option("--ewf <file>", "last segment (.E01 to .Enn) of the EnCase image that is mounted as a raw one: its stored digests must agree; implies --hash-image", notEmpty)
    .option("--stall-seconds <n>", "silence of a reader after which it is given up (default: 120)", wholeNumber(1, 86_400))
    .addOption(homeOption())
    .addOption(new Option("--quiet", "no progress").conflicts("json"))
    .option("--json", "progress and outcome as JSON events on standard output, one a line")
    .action(async (evidence: string, options) => run(await (await import("./scan-command.ts")).runScan(evidence, options)));
  for (const option of keyOptions()) scan.addOption(option);

  const rematch = program
    .command("rematch")
    .description("compare a finished case with the lists as they are now, without the evidence; its reports then show each pass")
    .argument("<case>", "the case folder")
    .requiredOption("--examiner <name>", "who makes the pass", notEmpty)
    .option("--list <selector...>", "lists to match against: name, agency/name, or the first digits of the SHA-256 (default: all imported)")
    .option("--no-perceptual", "no near matching: exact copies are enough, also where the lists hold perceptual codes and the case kept none")
    .option("--near-threshold <list=bits/quality>", "how near is near, as for scan", nearThresholdArgument)
    .addOption(homeOption())
    .addOption(new Option("--quiet", "nothing but the answer").conflicts("json"))
    .option("--json", "the outcome as a JSON event on standard output")
    .action(async (folder: string, options) => run(await (await import("./rematch-command.ts")).runRematch(folder, options)));
  for (const option of keyOptions()) rematch.addOption(option);

  program
    .command("report")
    .description("write a report of a case; to standard output unless --output is given")
    .argument("[case]", "the case folder")
    .option("--format <format>", "report format: jsonl, csv, html; for other programs vics, dfxml, case-uco, hashdeep, bodyfile", notEmpty)
    .option("--output <file>", "file to write; never over another one", notEmpty)
    .option("--all", "one row per entry with its digests and status (jsonl, csv, dfxml)")
    .option("--unredacted", "names and digests go out in a form that other programs load (vics); the record notes who asked for it")
    .option("--schema", "print the JSON Schema of the lines of jsonl, of no case")
    .addOption(new Option("--counts-only", "totals alone, no row of a match or an entry (jsonl, csv, html)").conflicts(["all", "names"]))
    .addOption(new Option("--names <how>", "redacted: digests under a key of its own instead of names, which go into an encrypted annex beside it (jsonl, csv, html)").choices(["redacted"]))
    .option("--annex-to <recipient...>", "public keys of age for whom the annex of --names redacted is encrypted")
    .action(async (folder: string | undefined, options) => run(await (await import("./report-command.ts")).runReport(folder, options)));

  program
    .command("selftest")
    .description("known answers for every algorithm, the lists, the matcher, the readers and the decoder; attempts to leave the decoder's sandbox")
    .addOption(isolationOption())
    .option("--kit <dir>", "validate the program by numbered requirements on exhibits drawn from a seed, in a new or empty folder, and sign the report", notEmpty)
    .option("--seed <n>", "what the exhibits of the kit are drawn from (default: 1)", wholeNumber(0, 2 ** 31 - 1))
    .option("--key <file>", "secret key to sign the validation report with, as of key new or minisign", notEmpty)
    .option("--sign-with <command>", "command that signs in its place, as for seal", notEmpty)
    .option("--public-key <file...>", "with --sign-with: the public key of what it signs with", notEmpty)
    .action(async (options) => {
      if (options.kit !== undefined) return run(await (await import("./validation-command.ts")).runValidation(options));
      for (const option of ["seed", "key", "signWith", "publicKey"]) if (options[option] !== undefined) throw new Failure("usage", "selftest: found options of a validation and no --kit, expected --kit DIR");
      return run(await (await import("./selftest-command.ts")).runSelftest(options.isolation));
    });

  program.hook("preAction", (_, command) => {
    begun = command.name();
    // These start processes that see content. Others take lists and keys by a shell's descriptors, such as `<(zcat list.gz)`.
    if (["scan", "selftest"].includes(command.name())) closeInheritedDescriptors();
    if (!switchOffCoreDumps()) process.stderr.write(`warning: ${coreDumpsWarning}\n`);
  });
  for (const command of program.commands) command.exitOverride();
  for (const command of sealingPrograms(run)) program.addCommand(command);
  program.addCommand(listProgram(run));
  completeHelp(program);
  return program;
}

/** The only place where an error becomes a text and an exit status. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? outcomeStatuses.complete : exitStatuses.usage;
  if (thrown instanceof Failure) {
    process.stderr.write(`blindmatch: ${thrown.message}\n`);
    return exitStatuses[thrown.code];
  }
  if (systemCode(thrown) !== null) {
    process.stderr.write(`blindmatch: this machine refused: ${thrown instanceof Error ? thrown.message : ""}${begun === "scan" ? " (what is recorded stays; the same command goes on)" : ""}\n`);
    return outcomeStatuses.bug;
  }
  process.stderr.write(`blindmatch: a bug, or a fault of this machine; please report it:\n${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  return outcomeStatuses.bug;
}

// The command that was begun; none before its options were understood.
let begun: string | null = null;
const refused: string[] = [];
process.stdout.on("error", (error) => {
  // A reader of our output that went away must not end a scan.
  if (systemCode(error) !== "EPIPE") refused.push(systemCode(error) ?? "no code");
});
process.stderr.on("error", () => undefined);

let status: number = outcomeStatuses.complete;
try {
  await commands((ended) => (status = ended)).parseAsync();
} catch (thrown) {
  status = statusOf(thrown);
}
await flushed();
if (refused[0] !== undefined && status !== outcomeStatuses.bug) {
  process.stderr.write(`blindmatch: standard output: found that it did not take all that was printed (${refused[0]}), expected that it does; what is recorded stays\n`);
  // No success is claimed for an answer that nobody got; any other status is the answer.
  if (status === outcomeStatuses.complete) status = outcomeStatuses.bug;
}
process.exit(status);
