import { Failure } from "../failure.ts";
import type { Refuse } from "../minisign/format.ts";
import type { PublicKey } from "../minisign/public-key.ts";
import { parseSignature, type Signature, verifier } from "../minisign/signature.ts";
import { pathText } from "../path-text.ts";
import { bytesOf } from "./case-files.ts";
import { type Check, holds, note, unlessRefused, wrong } from "./check.ts";
import { coSigner, partsOf, signatureName } from "./manifest-names.ts";

/** What the signatures of a manifest are to be checked with. */
export interface SignatureOptions {
  /** Of whoever must have signed. */
  readonly publicKeys: readonly PublicKey[];
  /** True when somebody asked for everything else alone. */
  readonly withoutSignature: boolean;
}

/** Every signature of a manifest, and every key that was given. Shape: `sealer` the key that the manifest says it is signed by, null where it cannot be read. */
export function* checkSignatures(folder: string, manifest: string, names: readonly string[], sealer: string | null, { publicKeys, withoutSignature }: SignatureOptions): Generator<Check> {
  const content = bytesOf(folder, manifest) ?? Buffer.alloc(0);
  const signers = new Set<string>();
  const files = partsOf(manifest, names).filter((name) => name === signatureName(manifest) || coSigner(manifest, name) !== null);
  if (!files.includes(signatureName(manifest))) yield wrong(signatureName(manifest), "no such file", "the signature: sealing was cut off, or it was removed; the same seal command goes on");
  for (const file of files)
    yield* unlessRefused(function* () {
      const signature = readSignature(folder, file);
      const stated = coSigner(manifest, file) ?? sealer;
      if (stated !== null && stated !== signature.keyId) yield wrong(file, `a signature by key ${signature.keyId}`, `one by the key that ${coSigner(manifest, file) === null ? "the manifest names" : "its name states"}, ${stated}`);
      const [first, ...more] = publicKeys.filter(({ keyId }) => keyId === signature.keyId);
      if (first === undefined) return void (yield note(`${file}: signed by key ${signature.keyId}, not checked, for its public key was not given`));
      const { trustedComment } = verified(signature, file, content, first, ...more);
      signers.add(signature.keyId);
      yield holds(`${file}: signed by key ${signature.keyId}: ${pathText(Buffer.from(trustedComment))}`);
    });
  for (const { keyId } of publicKeys) if (!signers.has(keyId)) yield wrong(`signatures of ${manifest}`, `none by key ${keyId} that holds`, "one by each public key that was given");
  if (publicKeys.length > 0) return;
  if (withoutSignature) yield note(`${manifest}: its signature was not checked (--without-signature); anybody can make all of this anew`);
  else yield wrong(`signatures of ${manifest}`, "no public key to check them with", "--public-key FILE of whoever sealed it (or --without-signature)");
}

/** A signature file of a case, in exactly the form that is written. Errors: Failure("seal-refused"). */
export function readSignature(folder: string, file: string): Signature {
  const text = bytesOf(folder, file)?.toString("utf8");
  if (text === undefined) throw new Failure("seal-refused", `${file}: found no such file, expected a signature`);
  const refuse = refusing(file);
  // Other line ends, or none at the end, would be a second form of the same signature: what was altered must not pass.
  if (text.includes("\r") || !text.endsWith("\n")) throw refuse(text.split("\n").length, "another line end, or none", "four lines, each ended by a line feed");
  return parseSignature(text, refuse);
}

/** Errors: Failure("seal-refused") when it does not hold. */
export function verified(signature: Signature, file: string, content: Uint8Array, ...keys: readonly [PublicKey, ...PublicKey[]]): { readonly keyId: string; readonly trustedComment: string } {
  const check = verifier(signature, refusing(file), ...keys);
  check.update(content);
  return check.finish();
}

function refusing(file: string): Refuse {
  return (line, found, expected) => new Failure("seal-refused", `${file}:${line}: found ${found}, expected ${expected}`);
}
