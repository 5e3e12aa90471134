import { createHash } from "node:crypto";
import { closeSync, fstatSync } from "node:fs";
import { basename } from "node:path";
import { Encrypter } from "age-encryption";
import { Failure } from "../failure.ts";
import { pathBytes } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import { blocksOf, digestOf, namesIn, opened, recordName, type SealedFile } from "./case-files.ts";
import { manifestIn } from "./check-manifests.ts";
import { coSignatureName, manifestName, manifestsAmong, partsOf } from "./manifest-names.ts";
import { reportFiles } from "./report-rows.ts";
import { ustarEnd, ustarHeader, ustarPadding } from "./ustar.ts";

/** Whoever can open what is encrypted, by their public keys (age1...). `option`: with which they were given. Errors: Failure("usage") for what is none. */
export function encrypterFor(recipients: readonly string[], option = "--seal-to"): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (thrown) {
      throw new Failure("usage", `${option}: found something else (${recipient.length} characters), expected the public key of a recipient, age1..., as age-keygen prints it`, thrown);
    }
  }
  return encrypter;
}

/**
 * The bytes of a bundle: a tar archive of the newest manifest, its signatures and every file that it names, encrypted.
 *
 * Shape:  all below one folder with the name of the case folder; a few hundred KiB of it exist at a time.
 * Errors: Failure("seal-refused") while it is drawn, for a file that is not, to the last byte, the one that was sealed.
 */
export async function* bundleOf(folder: string, encrypter: Encrypter): AsyncGenerator<Uint8Array> {
  const plain = ReadableStream.from(archiveOf(folder)) as ReadableStream<Uint8Array>;
  yield* (await encrypter.encrypt(plain)) as unknown as AsyncIterable<Uint8Array>;
}

/** The files of a bundle, in the order in which they stand in it. Errors: Failure("seal-refused") for a case without a manifest. */
export function bundledFiles(folder: string): readonly SealedFile[] {
  const names = namesIn(folder);
  const newest = manifestsAmong(names).at(-1);
  const manifest = newest === undefined ? null : manifestIn(folder, newest);
  if (newest === undefined || manifest === null) throw new Failure("seal-refused", "case: found no manifest, expected a sealed case");
  const own = partsOf(newest, names).map((name) => digestOf(folder, name)).filter((file) => file !== null);
  return [...own, ...manifest.files];
}

/** Errors: Failure("seal-refused") for a case folder or a report whose name does not fit into a bundle; to be asked before anything is sealed. */
export function refuseLongNames(folder: string): void {
  const record = openRecord(folder);
  try {
    for (const name of [recordName, ...reportFiles(record), coSignatureName(manifestName(1_000_000), "0".repeat(16))]) ustarHeader({ name: nameWithin(folder, name), sizeBytes: 0, modifiedSeconds: 0 });
  } finally {
    record.close();
  }
}

/** All lie in one folder, so that unpacking leaves nothing about. */
function nameWithin(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${basename(folder)}/`), pathBytes(name)]);
}

async function* archiveOf(folder: string): AsyncGenerator<Uint8Array> {
  for (const file of bundledFiles(folder)) {
    const descriptor = opened(folder, file.name);
    if (descriptor === null) throw new Failure("seal-refused", `${file.name}: found no such file, expected the one that was sealed`);
    try {
      const { sizeBytes } = file;
      yield ustarHeader({ name: nameWithin(folder, file.name), sizeBytes, modifiedSeconds: Math.floor(fstatSync(descriptor).mtimeMs / 1000) });
      const digest = createHash("sha256");
      let given = 0;
      for (const block of blocksOf(descriptor)) {
        digest.update(block);
        given += block.length;
        // Whoever encrypts may keep a piece while the next one is read.
        yield Uint8Array.from(block);
      }
      if (given !== sizeBytes || digest.digest("hex") !== file.sha256) throw new Failure("seal-refused", `${file.name}: found that it changed while it was bundled, expected it as it was sealed`);
      yield ustarPadding(sizeBytes);
    } finally {
      closeSync(descriptor);
    }
  }
  yield ustarEnd;
}
