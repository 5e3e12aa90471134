import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where imported lists live: --home, else BLINDMATCH_HOME, else the XDG data folder. Absolute. */
export function homeFolder(option: string | undefined): string {
  const chosen = option ?? process.env["BLINDMATCH_HOME"];
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const data = process.env["XDG_DATA_HOME"];
  return join(data !== undefined && data.startsWith("/") ? data : join(homedir(), ".local/share"), "blindmatch");
}
