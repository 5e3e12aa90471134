import type { Refuse } from "../minisign/format.ts";
import { parsePublicKey as publicKeyOf, type PublicKey } from "../minisign/public-key.ts";
import { parseSignature as signatureOf, type Signature as DetachedSignature, type Verifier, verifier as verifierOf } from "../minisign/signature.ts";
import { refusal } from "./refusal.ts";

export type { PublicKey } from "../minisign/public-key.ts";

/** A list's signature that was read and not yet verified. Shape: `name` for messages only. */
export interface Signature extends DetachedSignature {
  readonly name: string;
}

/** As `minisign/` reads it. Errors: Failure("list-refused") naming the line. */
export function parseSignature(text: string, name = "signature"): Signature {
  return { ...signatureOf(text, refusing(name)), name };
}

/** As `minisign/` reads it. Errors: Failure("list-refused") naming the line. */
export function parsePublicKey(text: string, name = "public key"): PublicKey {
  return publicKeyOf(text, refusing(name));
}

/** As `minisign/` checks it. Errors: Failure("list-refused"), from `finish` as well. */
export function verifier(signature: Signature, ...keys: readonly [PublicKey, ...PublicKey[]]): Verifier {
  return verifierOf(signature, refusing(signature.name), ...keys);
}

function refusing(file: string): Refuse {
  return (line, found, expected) => refusal({ file, line }, found, expected);
}
