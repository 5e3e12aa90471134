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
  /** Of whoever must have signed the newest manifest. */
  readonly publicKeys: readonly PublicKey[];
  /** Of whoever may have signed: where they did, it must hold as well. */
  readonly alsoKnown?: readonly PublicKey[];
  /** True when somebody asked for everything else alone. */
  readonly withoutSignature: boolean;
}

/** Whose signature a manifest must have: of each key that was given; of its sealer as well, whose key must be given; or of nobody, and those by keys that were given hold all the same. */
export type DueSignatures = "given" | "sealer" | "none";

/** Every signature of a manifest, and every key that was given. Shape: `sealer` the key that the manifest says it is signed by, null where it cannot be read. */
export function* checkSignatures(folder: string, manifest: string, names: readonly string[], sealer: string | null, options: SignatureOptions, due: DueSignatures): Generator<Check> {
  const { publicKeys, alsoKnown = [], withoutSignature } = options;
  const content = bytesOf(folder, manifest) ?? Buffer.alloc(0);
  const known = [...publicKeys, ...alsoKnown];
  // By the whole key, for anybody can make one with the id of another.
  const signers = new Set<string>();
  const files = partsOf(manifest, names).filter((name) => name === signatureName(manifest) || coSigner(manifest, name) !== null);
  if (!files.includes(signatureName(manifest))) yield wrong(signatureName(manifest), "no such file", "the signature: sealing was cut off, or it was removed; the same seal command goes on");
  for (const file of files)
    yield* unlessRefused(function* () {
      const signature = readSignature(folder, file);
      const stated = coSigner(manifest, file) ?? sealer;
      if (stated !== null && stated !== signature.keyId) yield wrong(file, `a signature by key ${signature.keyId}`, `one by the key that ${coSigner(manifest, file) === null ? "the manifest names" : "its name states"}, ${stated}`);
      const ofId = known.filter(({ keyId }) => keyId === signature.keyId);
      const [first] = ofId;
      if (first === undefined) return void (yield unknownSigner(file, signature.keyId, due === "sealer" && !withoutSignature && file === signatureName(manifest)));
      const signer = ofId.find((key) => isBy(key, signature, file, content)) ?? first;
      const { trustedComment } = verified(signature, file, content, signer);
      signers.add(signer.base64);
      yield holds(`${file}: signed by key ${signature.keyId}: ${pathText(Buffer.from(trustedComment))}`);
    });
  if (due === "none") return;
  const missed = new Map(publicKeys.filter(({ base64 }) => !signers.has(base64)).map((key) => [key.base64, key]));
  for (const { keyId } of missed.values()) yield wrong(`signatures of ${manifest}`, `none by key ${keyId} that holds`, "one by each public key that was given");
  if (publicKeys.length > 0) return;
  if (withoutSignature) yield note(`${manifest}: its signature was not checked (--without-signature); anybody can make all of this anew`);
  else if (due === "given") yield wrong(`signatures of ${manifest}`, "no public key to check them with", "--public-key FILE of whoever sealed it (or --without-signature)");
}

function unknownSigner(file: string, keyId: string, isDue: boolean): Check {
  if (isDue) return wrong(file, `a signature by key ${keyId}, whose public key was not given`, "--sealed-by FILE, the public key of whoever sealed it (or --without-signature)");
  return note(`${file}: signed by key ${keyId}, not checked, for its public key was not given`);
}

function isBy(key: PublicKey, signature: Signature, file: string, content: Uint8Array): boolean {
  try {
    verified(signature, file, content, key);
    return true;
  } catch (thrown) {
    if (thrown instanceof Failure) return false;
    throw thrown;
  }
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
export function verified(signature: Signature, file: string, content: Uint8Array, key: PublicKey): { readonly keyId: string; readonly trustedComment: string } {
  const check = verifier(signature, refusing(file), key);
  check.update(content);
  return check.finish();
}

function refusing(file: string): Refuse {
  return (line, found, expected) => new Failure("seal-refused", `${file}:${line}: found ${found}, expected ${expected}`);
}
