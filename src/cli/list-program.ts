import { Command, Option } from "commander";
import { homeOption, keyOptions, notEmpty, type Run } from "./options.ts";

const commands = () => import("./list-commands.ts");

/** `blindmatch list ...`: the agencies' lists. */
export function listProgram(run: Run): Command {
  const list = new Command("list").description("the agencies' lists: import, look at, check, drop");
  reading(list.command("import"))
    .description("import a list file; nothing is imported unless all of it is understood and its signature holds")
    .argument("<file>", "the agency's file; may be encrypted with age")
    .requiredOption("--agency <name>", "who supplied it", notEmpty)
    .requiredOption("--list-name <name>", "what the agency calls it", notEmpty)
    .requiredOption("--list-version <text>", "its version or date", notEmpty)
    .requiredOption("--scale <name|file>", "the scale its category codes belong to: a built-in name, or a JSON file", notEmpty)
    .addOption(new Option("--kind <kind>", "notable: material to find; known: files to recognise as harmless").choices(["notable", "known"]).default("notable"))
    .option("--keep-sensitive-fields", "keep series and tags of the rows, sealed; nothing prints them")
    .option("--trust <key-file>", "trust that minisign public key for the agency's lists from now on, if the import succeeds; see list trust", notEmpty)
    .option("--trust-reason <text>", "where the key was checked", notEmpty)
    .option("--accept-unsigned <reason>", "import a list without a signature; the reason stands in every report", notEmpty)
    .option("--allow-older <reason>", "import an older version than was imported before, or its bytes under a new version; the reason stands in every report", notEmpty)
    .option("--allow-altered <reason>", "import other bytes under a version that was imported before, or bytes that were imported under another name or kind; the reason stands in every report", notEmpty)
    .action(async (file: string, options) => run(await (await commands()).runListImport(file, options)));
  reading(list.command("diff"))
    .description("what importing a file as the next version of a list would change, in counts")
    .argument("<selector>", "name, agency/name, or the first digits of the SHA-256 of an imported list")
    .argument("<file>", "the file to compare with")
    .action(async (selector: string, file: string, options) => run(await (await commands()).runListDiff(selector, file, options)));
  sealed(list.command("ls"))
    .description("imported lists, one a line, then those that were dropped")
    .addOption(homeOption())
    .action(async (options) => run(await (await commands()).runListLs(options)));
  sealed(list.command("show"))
    .description("all about one imported list, except its contents")
    .argument("<selector>", "name, agency/name, or the first digits of its SHA-256")
    .addOption(homeOption())
    .action(async (selector: string, options) => run(await (await commands()).runListShow(selector, options)));
  sealed(list.command("verify"))
    .description("whether imported lists are as they were imported: every byte and every count")
    .argument("[selector]", "one list (default: all)")
    .addOption(homeOption())
    .action(async (selector: string | undefined, options) => run(await (await commands()).runListVerify(selector, options)));
  sealed(list.command("drop"))
    .description("remove an imported list; which versions there were is remembered")
    .argument("<selector>", "name, agency/name, or the first digits of its SHA-256")
    .requiredOption("--reason <text>", "why", notEmpty)
    .addOption(homeOption())
    .action(async (selector: string, options) => run(await (await commands()).runListDrop(selector, options)));
  sealed(list.command("trust"))
    .description("trust a minisign public key for an agency's lists; without a key, list its trusted keys")
    .argument("<agency>", "the agency's name, as given at import")
    .argument("[key-file]", "the public key's file")
    .option("--reason <text>", "where the key was checked", notEmpty)
    .option("--remove <key-id>", "trust that key no longer", notEmpty)
    .addOption(homeOption())
    .action(async (agency: string, key: string | undefined, options) => run(await (await commands()).runListTrust(agency, key, options)));
  for (const command of [list, ...list.commands]) command.exitOverride();
  return list;
}

/** Options of every command that opens what is sealed. */
function sealed(command: Command): Command {
  for (const option of keyOptions()) command.addOption(option);
  return command;
}

/** Options of every command that reads a list file. */
function reading(command: Command): Command {
  return sealed(command)
    .option("--format <name>", "format, where its content does not tell")
    .addOption(new Option("--algorithm <name>", "algorithm of bare digests whose length does not tell").choices(["md5", "sha1", "sha256", "blake3", "pdq"]))
    .option("--category <code>", "category of rows that state none", notEmpty)
    .option("--signature <file>", "minisign signature (default: the file's name with .minisig, when there is one)", notEmpty)
    .option("--identity <file>", "age identity file, for an encrypted list", notEmpty)
    .option("--partial", "take a saved query result that says that more pages follow")
    .addOption(homeOption());
}
