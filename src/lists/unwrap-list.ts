import { Failure } from "../failure.ts";
import type { ListSignature } from "../model.ts";
import { decryptedFile, isEncrypted } from "./encrypted.ts";
import { readIdentities } from "./identity-file.ts";
import type { OpenedListFile } from "./list-bytes.ts";
import { type SignatureOptions, signedFile } from "./signed-file.ts";

export interface WrappingOptions {
  /** File of X25519 identities for a list that age encrypted; not read for any other. */
  readonly identityFile?: string;
  /** Signature over the file as it was delivered, encrypted or not, and the keys that are trusted to make it. */
  readonly signature?: SignatureOptions;
}

/** What a list came wrapped in. */
export interface Provenance {
  /** Null when no signature was handed in: for this reading the list is unsigned. */
  readonly signature: ListSignature | null;
  /** Of the decrypted content, lower-case hex; null when the file was not encrypted. */
  readonly plaintextSha256: string | null;
}

/** Shape: `head` and `bytes` are of the content, `identity` is of the file as it was delivered. */
export interface UnwrappedFile extends OpenedListFile {
  /** After the last byte. Errors: Failure("list-refused") when a signature was handed in and does not verify. */
  provenance(): Provenance;
}

/**
 * Takes encryption and signature off a list, all in the one reading of its file.
 *
 * Errors: Failure("list-refused") for a signature by no trusted key, and for an encrypted list that cannot be opened; Failure("usage") when
 *         there is no identity file of that name. The file stays open then.
 */
export async function unwrapList(delivered: OpenedListFile, { identityFile, signature }: WrappingOptions): Promise<UnwrappedFile> {
  const signed = signature === undefined ? null : signedFile(delivered, signature);
  const verified = (): ListSignature | null => signed?.verified() ?? null;
  const file = signed?.file ?? delivered;
  if (!isEncrypted(file.head)) return { ...file, provenance: () => ({ signature: verified(), plaintextSha256: null }) };
  if (identityFile === undefined) throw new Failure("list-refused", `${file.name}: found a list that age encrypted, expected an identity file to open it with`);
  const { head, bytes, plaintextSha256, close } = await decryptedFile(file, await readIdentities(identityFile));
  return {
    name: file.name,
    head,
    bytes,
    identity: file.identity,
    async close() {
      await close();
      await file.close();
    },
    provenance: () => ({ signature: verified(), plaintextSha256: plaintextSha256() }),
  };
}
