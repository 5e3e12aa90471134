import { pathIn } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { signatureName, tokenName } from "./manifest-names.ts";
import { tokenTime } from "./time-token.ts";

/** The time stamp over a manifest's signature. Shape: `authority` a file of certificates that are trusted to state times, null when none was given. */
export function* checkToken(folder: string, manifest: string, names: readonly string[], authority: string | null): Generator<Check> {
  const file = tokenName(manifest);
  if (!names.includes(file)) {
    if (authority !== null) yield wrong(file, "no such file", "a time stamp, for an authority was given (--authority)");
    return;
  }
  if (authority === null) return yield note(`${file}: a time stamp, not checked, for no authority was given (--authority)`);
  yield* unlessRefused(function* () {
    yield holds(`${file}: ${signatureName(manifest)} existed at ${tokenTime(pathIn(folder, file), pathIn(folder, signatureName(manifest)), authority)}, as the authority states`);
  });
}
