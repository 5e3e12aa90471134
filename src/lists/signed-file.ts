import { Failure } from "../failure.ts";
import type { ListSignature } from "../model.ts";
import type { OpenedListFile } from "./list-bytes.ts";
import { parsePublicKey, parseSignature, type PublicKey, verifier } from "./minisign.ts";
import { refusal } from "./refusal.ts";

/** A detached minisign signature of a list, and the keys that are trusted to make it. Shape: the texts of their files. */
export interface SignatureOptions {
  readonly signatureText: string;
  readonly publicKeys: readonly string[];
}

export interface SignedFile {
  /** The file as it was handed in; its bytes are verified while they are drawn. */
  readonly file: OpenedListFile;
  /** After the last byte. Errors: Failure("list-refused") when the signature does not verify; RangeError before the last byte. */
  verified(): ListSignature;
}

/**
 * Checks a list against its signature in the one reading that everything else is read in.
 *
 * Errors: Failure("list-refused"), before a byte is read, for a signature or key that is malformed and for a signature by none of the keys.
 */
export function signedFile(file: OpenedListFile, { signatureText, publicKeys }: SignatureOptions): SignedFile {
  const signature = parseSignature(signatureText, `signature of ${file.name}`);
  const keys = new Map(publicKeys.map((text, index) => parsePublicKey(text, `public key ${index + 1} for ${file.name}`)).map((key) => [key.base64, key] as const));
  const [first, ...more] = [...keys.values()].filter(({ keyId }) => keyId === signature.keyId);
  if (first === undefined) throw refusal({ file: signature.name, line: 2 }, `a signature by key ${signature.keyId}`, expectedKeys([...keys.values()]));
  const check = verifier(signature, first, ...more);
  let result: ListSignature | Failure | null = null;

  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of file.bytes()) {
      check.update(chunk);
      yield chunk;
    }
    result = verdict(check.finish);
  }
  return {
    file: { ...file, bytes },
    verified() {
      if (result === null) throw new RangeError("a signature is verified after the last byte");
      if (result instanceof Failure) throw result;
      return result;
    },
  };
}

function verdict(finish: () => ListSignature): ListSignature | Failure {
  try {
    return finish();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function expectedKeys(keys: readonly PublicKey[]): string {
  return keys.length === 0 ? "one by a trusted key, of which there is none" : `one by a trusted key: ${keys.map(({ keyId }) => keyId).join(", ")}`;
}
