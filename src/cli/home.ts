import { mkdirSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { openCatalog } from "../reference/catalog.ts";

/** Where imported lists live: --home, else BLINDMATCH_HOME, else the XDG data folder. Absolute. */
export function homeFolder(option: string | undefined): string {
  const chosen = option ?? process.env["BLINDMATCH_HOME"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const data = process.env["XDG_DATA_HOME"];
  return join(data !== undefined && data.startsWith("/") ? data : join(homedir(), ".local/share"), "blindmatch");
}

/** The same, when it is there. Errors: Failure of the code given when it is not; Failure("usage") when others could have changed it. */
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
  return home;
}

/** The same with its catalog, made when it is missing. Errors: Failure("usage") when none can be made there; as `openCatalog`. */
export function madeHome(option: string | undefined): string {
  const home = homeFolder(option);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new Failure("usage", `${nameOf(home)}: found that no folder can be made there (${systemCode(thrown) ?? "unknown error"}), expected a folder for imported lists`, thrown);
  }
  existingHome(home);
  // Before a key or a trusted key is in it, so that these without a catalog tell that one was lost.
  openCatalog(home).close();
  return home;
}

function nameOf(home: string): string {
  return pathText(Buffer.from(home));
}
