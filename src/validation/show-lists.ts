import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicKeyText } from "../minisign/public-key.ts";
import { newSecretKey, signerOf } from "../minisign/secret-key.ts";
import { signatureText } from "../minisign/signature.ts";
import { type Assertion, endsWith, holds, homeFolder, homeOptions, type Kit } from "./kit.ts";
import { decoys, type KitList } from "./lists.ts";
import type { Ended } from "./run-program.ts";
import type { StockMinisign } from "./stock-minisign.ts";

const agency = "Synthetic Agency";

/** Imports the lists that the exhibits are scanned with. */
export async function showFormats(kit: Kit, lists: readonly KitList[]): Promise<Assertion[]> {
  const shown: Assertion[] = [];
  for (const list of lists) {
    const ended = await importList(kit, "main", written(kit, list), list.name, "1", ...list.options);
    shown.push(endsWith("REQ-30", `a list of the format ${list.format} is imported`, 0, ended));
    shown.push({ requirement: "REQ-32", assertion: `rows of the list ${list.name} add up`, expected: countsLine(list.rows), actual: /^rows +(.*)$/m.exec(ended.out)?.[1] ?? "no line of rows" });
  }
  return shown;
}

const countsLine = ({ read, loaded }: KitList["rows"]): string => `${read} read = ${loaded} loaded + ${read - loaded} refused`;

/** What is not imported, or only with a reason; in a home of its own. */
export async function showPolicy(kit: Kit): Promise<Assertion[]> {
  const [first, second, third] = decoys(kit.corpus.seed + 2) as [string, string, string];
  const rows = (...texts: readonly string[]): string => `record_id,sha256,category\n${texts.join("\n")}\n`;
  const file = (name: string, text: string): string => written(kit, { file: name, text });
  const good = file("policy.csv", rows(`P-1,${first},1`));
  const taken = ["--accept-unsigned", "drawn by the kit"];
  const refuse = (path: string, ...options: readonly string[]): Promise<Ended> => importList(kit, "policy", path, "refused", "1", ...options);

  const unsigned = await importList(kit, "policy", good, "policy", "1", "--unsigned");
  const imported = await importList(kit, "policy", good, "policy", "2");
  const malformed = await refuse(file("malformed.csv", rows(`P-1,${second},1`, `P-2,${third.slice(0, 63)}g,1`)), ...taken);
  const category = await refuse(file("category.csv", rows(`P-1,${second},77`)), ...taken);
  const bare = await refuse(file("bare-64.txt", `${second}\n`), "--category", "1", ...taken);
  const older = await importList(kit, "policy", file("older.csv", rows(`P-1,${third},1`)), "policy", "1");
  const listed = await kit.run(["list", "ls", ...homeOptions(kit, "policy")]);
  const allowed = await importList(kit, "policy", join(kit.folder, "lists", "older.csv"), "policy", "1", "--allow-older", olderReason);
  return [
    endsWith("REQ-35", "a list without a signature and without a reason is refused", 4, unsigned),
    endsWith("REQ-35", "with a reason it is imported", 0, imported),
    endsWith("REQ-31", "a list with a digit that is none is refused", 4, malformed),
    holds("REQ-31", "its line is named", /malformed\.csv:3:/.test(malformed.err), malformed.err.trim()),
    holds("REQ-31", "nothing of it is quoted", !malformed.err.includes(third.slice(0, 16)), "the digest is quoted"),
    holds("REQ-31", "nothing that was refused is imported", listed.out.includes("policy") && !listed.out.includes("refused"), listed.out.trim()),
    endsWith("REQ-33", "a category code that the scale does not have is refused", 4, category),
    endsWith("REQ-34", "bare digests of 64 digits are refused", 4, bare),
    holds("REQ-34", "it is said that --algorithm tells", bare.err.includes("--algorithm"), bare.err.trim()),
    endsWith("REQ-36", "version 1 after version 2 is refused", 4, older),
    endsWith("REQ-36", "with a reason it is imported", 0, allowed),
    ...(await signatures(kit, rows(`S-1,${second},1`))),
    ...(kit.minisign === null ? [] : await stockSignatures(kit, kit.minisign, rows(`S-2,${second},1`))),
  ];
}

export const olderReason = "asked for by the kit";

/** Signed lists: by a key that nobody trusts, by one that is trusted, and altered after signing. */
async function signatures(kit: Kit, text: string): Promise<Assertion[]> {
  const key = newSecretKey();
  const path = written(kit, { file: "signed.csv", text });
  const keyFile = written(kit, { file: "agency.pub", text: publicKeyText(key.publicKey) });
  written(kit, { file: "signed.csv.minisig", text: signatureText(key.publicKey.keyId, signerOf(key), Buffer.from(text), "drawn by the kit") });
  const signed = (): Promise<Ended> => importList(kit, "policy", path, "signed", "1", "--signed");
  const untrusted = await signed();
  await kit.run(["list", "trust", agency, keyFile, "--reason", "made by the kit", ...homeOptions(kit, "policy")]);
  writeFileSync(path, text.replace(",1\n", ",2\n"));
  const altered = await signed();
  writeFileSync(path, text);
  return [
    endsWith("REQ-35", "a list signed (by the program's own code) with a key that is not trusted is refused", 4, untrusted),
    endsWith("REQ-35", "a list that was altered after it was signed (by the program's own code) is refused", 4, altered),
    endsWith("REQ-35", "signed (by the program's own code) with a trusted key it is imported", 0, await signed()),
    ...(kit.minisign === null ? [] : [holds("REQ-35", `${kit.minisign.version} verifies that signature`, kit.minisign.verifies(path, keyFile), "it does not")]),
  ];
}

/** The same with signatures that the stock program makes. */
async function stockSignatures(kit: Kit, stock: StockMinisign, text: string): Promise<Assertion[]> {
  const path = written(kit, { file: "signed-elsewhere.csv", text });
  const isSigned = stock.sign(path);
  const signed = (): Promise<Ended> => importList(kit, "policy", path, "signed elsewhere", "1", "--signed");
  const untrusted = await signed();
  await kit.run(["list", "trust", agency, stock.publicKeyFile, "--reason", "made by the kit", ...homeOptions(kit, "policy")]);
  writeFileSync(path, text.replace(",1\n", ",2\n"));
  const altered = await signed();
  writeFileSync(path, text);
  return [
    holds("REQ-35", `${stock.version} signs a list`, isSigned, "it does not"),
    endsWith("REQ-35", `signed by ${stock.version} with a key that is not trusted it is refused`, 4, untrusted),
    endsWith("REQ-35", `signed by ${stock.version} and altered it is refused`, 4, altered),
    endsWith("REQ-35", `signed by ${stock.version} with a trusted key it is imported`, 0, await signed()),
  ];
}

/** Alters a byte in the middle of each sealed list of the second home: nothing may use it any more. To be called when that home is needed no more. */
export async function showAlteredLists(kit: Kit, scan: () => Promise<Ended>): Promise<Assertion[]> {
  const verify = (): Promise<Ended> => kit.run(["list", "verify", ...homeOptions(kit, "policy")]);
  const before = await verify();
  const home = homeFolder(kit, "policy");
  const sealed = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => !/^(?:catalog\.sqlite.*|key)$/.test(name) && statSync(join(home, name)).isFile());
  for (const name of sealed) {
    const bytes = readFileSync(join(home, name));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(home, name), bytes);
  }
  return [
    endsWith("REQ-37", "the lists verify as they were imported", 0, before),
    endsWith("REQ-37", "with a byte of their files altered they do not", 4, await verify()),
    endsWith("REQ-37", "a scan does not use them", 4, await scan()),
  ];
}

/** Imports a list into a home of the kit, as of a version. Without `--signed` or `--unsigned` a reason is given why it has no signature. */
export function importList(kit: Kit, home: "main" | "policy", path: string, name: string, version: string, ...options: readonly string[]): Promise<Ended> {
  const own = options.filter((option) => !["--signed", "--unsigned"].includes(option));
  const reason = own.length === options.length && !own.includes("--accept-unsigned") ? ["--accept-unsigned", "drawn by the kit"] : [];
  return kit.run(["list", "import", path, "--agency", agency, "--list-name", name, "--list-version", version, "--scale", "vic-us", ...own, ...reason, ...homeOptions(kit, home)]);
}

/** Writes a list's file and gives its path. */
export function written(kit: Kit, { file, text }: Pick<KitList, "file" | "text">): string {
  const path = join(kit.folder, "lists", file);
  writeFileSync(path, text);
  return path;
}
