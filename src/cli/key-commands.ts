import { outcomeStatuses } from "../failure.ts";
import { publicKeyText } from "../minisign/public-key.ts";
import { pathText } from "../path-text.ts";
import { makeSigningKey, shownKey } from "./signing-key.ts";

/** `blindmatch key new`. Gives the exit status. */
export async function runKeyNew(file: string, { passphrase }: { readonly passphrase: boolean }): Promise<number> {
  const { keyId } = await makeSigningKey(file, passphrase);
  const name = pathText(Buffer.from(file));
  process.stdout.write(`key ${keyId}: ${name} signs and is secret, ${name}.pub is for whoever verifies\n`);
  return outcomeStatuses.complete;
}

/** `blindmatch key show`: the public key in the form of its file. Gives the exit status. */
export async function runKeyShow(file: string): Promise<number> {
  process.stdout.write(publicKeyText(await shownKey(file)));
  return outcomeStatuses.complete;
}
