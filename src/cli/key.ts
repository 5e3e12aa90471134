import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeKeyFile, readKeyFile } from "../reference/key.ts";
import { segmentNames } from "../reference/segment-folder.ts";

/** The file that holds the key of the lists: --key-file, else BLINDMATCH_KEY_FILE, else `key` inside the home folder. */
export function keyFile(home: string, option: string | undefined): string {
  const chosen = option ?? process.env["BLINDMATCH_KEY_FILE"];
  return chosen !== undefined && chosen !== "" ? chosen : join(home, "key");
}

/** The key that lists are sealed with. Errors: as `readKeyFile`. */
export function keyOf(home: string, option: string | undefined): Uint8Array {
  return readKeyFile(keyFile(home, option));
}

/** The same for an import; the first one into a home makes the home's own key file. A second key would open none of what the first one sealed. */
export function keyForImport(home: string, option: string | undefined): Uint8Array {
  const path = keyFile(home, option);
  if (path === join(home, "key") && !existsSync(path) && segmentNames(home).length === 0 && makeKeyFile(path))
    process.stderr.write("made a key for the imported lists in the home folder; without it they cannot be read. Keep it on another medium (--key-file) where you can.\n");
  return readKeyFile(path);
}
