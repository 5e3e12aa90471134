import { chmodSync, existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { makeFolders } from "../make-folders.ts";
import { pathText } from "../path-text.ts";

/** Where imported lists live: --home, else BLINDMATCH_HOME, else the XDG data folder. Absolute. */
export function homeFolder(option: string | undefined): string {
  const chosen = option ?? process.env["BLINDMATCH_HOME"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const data = process.env["XDG_DATA_HOME"];
  return join(data !== undefined && data.startsWith("/") ? data : join(homedir(), ".local/share"), "blindmatch");
}

/** The same, when it is there, closed to others. Errors: Failure of the code given when it is not there; Failure("usage") when others could have changed it, or can look into it and it cannot be closed. */
export function existingHome(option: string | undefined, code: "list-unknown" | "usage" = "list-unknown"): string {
  const home = homeFolder(option);
  let status: Stats;
  try {
    status = statSync(home);
  } catch (thrown) {
    throw new Failure(code, `${nameOf(home)}: found no home there (${systemCode(thrown) ?? "unknown error"}), expected a folder with imported lists; see blindmatch list import --help`, thrown);
  }
  if (!status.isDirectory()) throw new Failure("usage", `${nameOf(home)}: found no folder, expected one with imported lists`);
  const { mode, uid } = status;
  if (uid !== 0 && uid !== process.geteuid?.()) throw new Failure("usage", `${nameOf(home)}: found a home of another user, expected one that you or root own`);
  if ((mode & 0o022) !== 0) throw new Failure("usage", `${nameOf(home)}: found a home that group or others may write to (mode ${(mode & 0o777).toString(8).padStart(4, "0")}), expected mode 0700`);
  if ((mode & 0o077) !== 0) closeToOthers(home, mode);
  return home;
}

/** The same, made when it is missing. Errors: Failure("usage") when none can be made there. */
export function madeHome(option: string | undefined): string {
  const home = homeFolder(option);
  try {
    makeFolders(home);
  } catch (thrown) {
    throw new Failure("usage", `${nameOf(home)}: found that no folder can be made there (${systemCode(thrown) ?? "unknown error"}), expected a folder for imported lists`, thrown);
  }
  return existingHome(home);
}

/** A folder that the operator made has the mode that their mask gives. One that holds other things may be meant for others, too. */
function closeToOthers(home: string, mode: number): void {
  const found = `a home that group or others may look into (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`;
  try {
    if (existsSync(join(home, "catalog.sqlite")) || readdirSync(home).length === 0) return chmodSync(home, 0o700);
  } catch (thrown) {
    throw new Failure("usage", `${nameOf(home)}: found ${found} and that cannot be closed to them (${systemCode(thrown) ?? "unknown error"}), expected mode 0700`, thrown);
  }
  throw new Failure("usage", `${nameOf(home)}: found ${found} and that holds other things than lists, expected a folder of its own, mode 0700`);
}

function nameOf(home: string): string {
  return pathText(Buffer.from(home));
}
