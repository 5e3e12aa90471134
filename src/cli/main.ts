import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Failure, exitStatuses, outcomeStatuses, systemCode } from "../failure.ts";
import { flushed } from "./standard-output.ts";
import { ownVersion } from "./version.ts";

const exitText = `
Exit statuses:
    0  complete, no match            1  complete, with matches
    2  the command is wrong          3  something was not examined (with or without matches)
    4  a list cannot be trusted      5  the record is damaged, locked, or of other evidence
    6  the evidence is writable, holds an output folder, or changed
   70  a part of the program does not work (self-test, or a bug)
  130  interrupted; the same command goes on where it was
`;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256) throw new InvalidArgumentError("expected a whole number from 1 to 256");
  return value;
}

function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("found nothing, expected a text");
  return text;
}

const homeOption = (): Option => new Option("--home <dir>", "where imported lists live (else BLINDMATCH_HOME, else the XDG data folder)").argParser(notEmpty);

function commands(run: (status: number) => void): Command {
  const program = new Command("blindmatch")
    .description("Matches the files of a seized drive against known-material lists, without showing anybody what they hold.")
    .version(ownVersion(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(blindmatch --help says more)")
    .addHelpText("after", exitText);

  program
    .command("scan")
    .description("examine a mounted evidence image and write its record and reports; the same command goes on after an interruption")
    .argument("<evidence>", "folder on which the image is mounted, read-only")
    .requiredOption("--case <dir>", "folder for the record and the reports; one exhibit each", notEmpty)
    .requiredOption("--case-number <text>", "the case's number", notEmpty)
    .requiredOption("--exhibit <text>", "the exhibit's reference", notEmpty)
    .requiredOption("--examiner <name>", "who examines it", notEmpty)
    .option("--organisation <name>", "the examiner's organisation", notEmpty)
    .option("--list <selector...>", "lists to match against: name, agency/name, or the first digits of the SHA-256 (default: all imported)")
    .option("--readers <n>", "reader processes (default: one per core)", positive)
    .option("--no-perceptual", "no near matching: cryptographic digests only")
    .option("--allow-writable <reason>", "examine evidence that is not mounted read-only; the reason stands in the report", notEmpty)
    .option("--stall-seconds <n>", "silence of a reader after which it is given up (default: 120)", (text) => {
      const value = Number(text);
      if (!Number.isInteger(value) || value < 1 || value > 86_400) throw new InvalidArgumentError("expected a whole number from 1 to 86400");
      return value;
    })
    .addOption(homeOption())
    .addOption(new Option("--quiet", "no progress").conflicts("json"))
    .option("--json", "progress and outcome as JSON events on standard output, one a line")
    .addHelpText("after", exitText)
    .action(async (evidence: string, options) => run(await (await import("./scan-command.ts")).runScan(evidence, options)));

  program
    .command("report")
    .description("write a report of a case; to standard output unless --output is given")
    .argument("<case>", "the case folder")
    .addOption(new Option("--format <format>", "report format").choices(["jsonl", "csv", "html"]).makeOptionMandatory())
    .option("--output <file>", "file to write; never over another one", notEmpty)
    .option("--all", "one row per entry with its digests and status (jsonl, csv)")
    .action(async (folder: string, options) => run(await (await import("./report-command.ts")).runReport(folder, options)));

  program
    .command("selftest")
    .description("known answers for every algorithm, the lists, the matcher, the readers and the decoder")
    .action(async () => run(await (await import("./selftest-command.ts")).runSelftest()));

  const list = program.command("list").description("the agencies' lists: import, ls, show").addHelpText("after", exitText);
  list
    .command("import")
    .description("import a list file; nothing is imported unless all of it is understood")
    .argument("<file>", "the agency's file")
    .requiredOption("--agency <name>", "who supplied it", notEmpty)
    .requiredOption("--list-name <name>", "what the agency calls it", notEmpty)
    .requiredOption("--list-version <text>", "its version or date", notEmpty)
    .requiredOption("--scale <name|file>", "the scale its category codes belong to: a built-in name, or a JSON file", notEmpty)
    .addOption(new Option("--kind <kind>", "notable: material to find; known: files to recognise as harmless").choices(["notable", "known"]).default("notable"))
    .option("--format <name>", "format, where its content does not tell")
    .addOption(new Option("--algorithm <name>", "algorithm of bare digests whose length does not tell").choices(["md5", "sha1", "sha256", "blake3", "pdq"]))
    .option("--category <code>", "category of rows that state none", notEmpty)
    .addOption(homeOption())
    .action(async (file: string, options) => run(await (await import("./list-commands.ts")).runListImport(file, options)));
  list
    .command("ls")
    .description("imported lists, one a line")
    .addOption(homeOption())
    .action(async (options) => run((await import("./list-commands.ts")).runListLs(options)));
  list
    .command("show")
    .description("all about one imported list, except its contents")
    .argument("<selector>", "name, agency/name, or the first digits of its SHA-256")
    .addOption(homeOption())
    .action(async (selector: string, options) => run((await import("./list-commands.ts")).runListShow(selector, options)));

  for (const command of [list, ...program.commands, ...list.commands]) command.exitOverride();
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
    process.stderr.write(`blindmatch: this machine refused: ${thrown instanceof Error ? thrown.message : ""} (what is recorded stays; the same command goes on)\n`);
    return outcomeStatuses.bug;
  }
  process.stderr.write(`blindmatch: a bug, or a fault of this machine; please report it:\n${thrown instanceof Error ? thrown.stack : String(thrown)}\n`);
  return outcomeStatuses.bug;
}

// A reader of our output that went away must not end a scan.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

let status: number = outcomeStatuses.complete;
try {
  await commands((ended) => (status = ended)).parseAsync();
} catch (thrown) {
  status = statusOf(thrown);
}
await flushed();
process.exit(status);
