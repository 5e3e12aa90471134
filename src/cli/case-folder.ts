import { realpathSync, statSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";

/** The absolute path of a case folder that is there. Errors: Failure("usage") for anything else. */
export function existingCase(folder: string): string {
  const name = pathText(Buffer.from(folder));
  try {
    const path = realpathSync(folder);
    if (statSync(path).isDirectory()) return path;
  } catch (thrown) {
    throw new Failure("usage", `${name}: it cannot be found (${systemCode(thrown) ?? "unknown error"}), expected a case folder`, thrown);
  }
  throw new Failure("usage", `${name}: found no folder, expected a case folder`);
}
