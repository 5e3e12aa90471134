import { InvalidArgumentError, Option } from "commander";
import { type Isolation, isolations } from "../isolation.ts";

/** Takes the exit status that a command ended with. */
export type Run = (status: number) => void;

/** Stands under the help of every group of commands. */
export const helpEnd = `
Exit statuses:
    0  complete, no match; of verify: everything that was checked holds
    1  complete, with matches
    2  the command is wrong, no notable list is imported and none was named, or the folder for the lists cannot be written (full, read-only)
    3  something was not examined or not compared, with or without matches, and the report lists it; or no record of a notable list could be compared, so that nothing could be found
    4  a list cannot be trusted whole, or is not there; nothing was imported
    5  the record is damaged, locked, of another case or exhibit, or not finished (rematch, seal); something does not verify, or cannot be sealed as it is; or an output file exists
    6  the evidence is writable, would hold an output folder, is missing, does not answer, or changed since the plan or during the scan
   70  a part of the program does not work on this machine (self-test), it has no sandbox, the machine refused (disk full during a scan), or a bug
  130  interrupted; a scan goes on with the same command

Environment variables (an option says more):
  BLINDMATCH_HOME      where imported lists live (--home)
  XDG_DATA_HOME        without either, they live in its folder blindmatch; without it in ~/.local/share/blindmatch
  BLINDMATCH_KEY_FILE  the key that they are sealed with (--key-file)
`;

/** A whole number within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return value;
  };
}

/** A size in bytes, or in kilobytes, megabytes, gigabytes or terabytes (powers of 1000): "500G". Gives bytes. */
export function sizeArgument(text: string): number {
  const [, digits, unit] = /^(\d{1,15})([kMGT]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * 1000 ** ["", "k", "M", "G", "T"].indexOf(unit ?? "");
  if (digits === undefined || !Number.isSafeInteger(bytes) || bytes === 0) throw new InvalidArgumentError("expected a number of bytes above 0, or one followed by k, M, G or T");
  return bytes;
}

/** Any text but none. */
export function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("found nothing, expected a text");
  return text;
}

/** How the decoder of pictures is kept apart. */
export function isolationOption(): Option {
  return new Option("--isolation <mode>", "how pictures are decoded: in a sandbox, in one of its own for each picture (slower), or in plain processes, which the report warns of")
    .choices(Object.keys(isolations))
    .default("sandbox" satisfies Isolation);
}

export function homeOption(): Option {
  return new Option("--home <dir>", "where imported lists live (else BLINDMATCH_HOME, else the XDG data folder)").argParser(notEmpty);
}

/** Which key imported lists are sealed with, for every command that opens one. */
export function keyOptions(): readonly Option[] {
  return [
    keyFileOption(),
    new Option("--ask-passphrase", "seal imported lists with a passphrase, asked for at the terminal; afterwards it is asked for without this option").conflicts("keyFile"),
  ];
}

function keyFileOption(): Option {
  return new Option("--key-file <file>", "key that imported lists are sealed with (else BLINDMATCH_KEY_FILE, else `key` in the home folder)").argParser(notEmpty);
}
