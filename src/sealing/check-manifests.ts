import { bytesOf, digestOf, recordName } from "./case-files.ts";
import { type Check, holds, unlessRefused, wrong } from "./check.ts";
import { type Manifest, readManifest } from "./manifest.ts";

/** What a manifest is to the record: the newest vouches for its present state, earlier ones for what it was when they were made. */
export type Standing = "present" | "earlier";

/** A manifest that was read; null when it is none. Errors: Failure("seal-refused"). */
export function manifestIn(folder: string, name: string): Manifest | null {
  const bytes = bytesOf(folder, name);
  const manifest = bytes === null ? null : readManifest(bytes.toString("utf8"));
  // Bytes that are no UTF-8 read as text of other bytes.
  return manifest !== null && bytes?.equals(Buffer.from(bytes.toString("utf8"))) === true ? manifest : null;
}

/** The files that a manifest names, against the folder. Of an earlier one the record is passed over: rows were added since. */
export function* checkFiles(folder: string, name: string, { files }: Manifest, standing: Standing): Generator<Check> {
  let compared = 0;
  let sound = true;
  for (const file of files) {
    if (standing === "earlier" && file.name === recordName) continue;
    compared += 1;
    for (const check of unlessRefused(() => checkFile(folder, file, name))) {
      sound = false;
      yield check;
    }
  }
  if (!files.some((file) => file.name === recordName)) yield wrong(name, `no ${recordName} among its files`, "it");
  else if (sound) yield holds(`${name}: ${compared} ${compared === 1 ? "file has" : "files have"} the sizes and SHA-256 that it names`);
}

function* checkFile(folder: string, sealed: Manifest["files"][number], manifest: string): Generator<Check> {
  const found = digestOf(folder, sealed.name);
  if (found === null) return yield wrong(sealed.name, "no such file", `the one that ${manifest} names, ${sealed.sizeBytes} bytes`);
  if (found.sizeBytes !== sealed.sizeBytes) return yield wrong(sealed.name, `${found.sizeBytes} bytes`, `${sealed.sizeBytes} bytes, as ${manifest} names it`);
  if (found.sha256 !== sealed.sha256) yield wrong(sealed.name, `SHA-256 ${found.sha256}`, `${sealed.sha256}, as ${manifest} names it`);
}
