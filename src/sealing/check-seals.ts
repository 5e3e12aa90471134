import { pathText } from "../path-text.ts";
import { openRecord } from "../record/open-view.ts";
import type { RecordView } from "../record/view.ts";
import { digestOf } from "./case-files.ts";
import { type Check, unlessRefused, wrong } from "./check.ts";
import { checkChain, sealedRows } from "./check-chain.ts";
import { checkFiles, manifestIn } from "./check-manifests.ts";
import type { Manifest } from "./manifest.ts";
import { manifestName } from "./manifest-names.ts";
import { filesBeside, reportRows } from "./report-rows.ts";

/** A manifest that was read, with its file. */
export interface Sealed {
  readonly name: string;
  readonly manifest: Manifest;
}

/** Each row that tells of a seal against the manifests: one that is gone was removed, or was never made. */
export function* checkSealedRows(folder: string, record: RecordView, sealed: readonly Sealed[], toBeSealed: boolean): Generator<Check> {
  const last = record.chain.rows;
  const covered = Math.max(0, ...sealed.map(({ manifest }) => manifest.record.chainRows));
  for (const { seq, body } of sealedRows(record)) {
    for (const part of body.previous ?? []) yield* unlessRefused(() => checkPart(folder, part, seq));
    if (sealed.some(({ name }) => name === body.manifest)) continue;
    // A seal that was cut off before its manifest had a name, or begun again with another key.
    const isUnderWay = toBeSealed && seq > covered && body.manifest === manifestName(sealed.length + 1);
    if (!isUnderWay) yield wrong(`record, log row ${seq}`, `a seal as ${body.manifest}, which is not there${seq === last ? " (it was cut off, or the manifest was removed)" : ""}`, "that manifest; sealing again goes on where it was cut off");
  }
  for (const { name, manifest } of sealed) yield* checkSealing(record, name, manifest);
}

/** Who sealed, as the manifest says it, against the row at its head. */
function* checkSealing(record: RecordView, name: string, { sealed: { keyId, by, host }, record: { chainRows } }: Manifest): Generator<Check> {
  const row = sealedRows(record).find(({ seq, body }) => seq === chainRows && body.manifest === name && body.keyId === keyId);
  if (row === undefined) yield wrong(name, `no row of the record that tells of a seal under that name by key ${keyId}`, "one at its head");
  else if (row.body.by !== by || row.body.host !== host) yield wrong(name, `that ${printed(by)} on ${printed(host)} sealed it`, `${printed(row.body.by)} on ${printed(row.body.host)}, as row ${row.seq} of the record says`);
}

function printed(text: string): string {
  return pathText(Buffer.from(text));
}

/** A part of an earlier seal, as the row of the next one noted it. */
function* checkPart(folder: string, { name, sha256 }: { readonly name: string; readonly sha256: string }, seq: number): Generator<Check> {
  const found = digestOf(folder, name);
  if (found?.sha256 !== sha256) yield wrong(name, found === null ? "no such file" : `SHA-256 ${found.sha256}`, `the one that row ${seq} of the record notes of the seal before it, ${sha256}`);
}

/** A manifest that is to be signed, of a case that was verified as a whole just before: what it says of the folder and the record, and each report as its row has it. */
export function* checkUnsigned(folder: string, name: string): Generator<Check> {
  yield* unlessRefused(function* () {
    const manifest = manifestIn(folder, name);
    if (manifest === null) return void (yield wrong(name, "another text", "a manifest as this program writes them"));
    yield* checkFiles(folder, name, manifest, "present");
    const record = openRecord(folder);
    try {
      yield* checkSealing(record, name, manifest);
      yield* checkChain(record, name, manifest, "present");
      for (const [fileName, { seq, body }] of reportRows(record))
        for (const file of [{ fileName, sha256: body.sha256 }, ...filesBeside(body)]) {
          const found = manifest.files.find((sealed) => sealed.name === file.fileName)?.sha256;
          if (found !== file.sha256) yield wrong(`${name}, ${file.fileName}`, found === undefined ? "no such file" : `SHA-256 ${found}`, `${file.sha256}, as row ${seq} of the record has it`);
        }
    } finally {
      record.close();
    }
  });
}
