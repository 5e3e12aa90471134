import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure, systemCode } from "../failure.ts";
import { pathText } from "../path-text.ts";
import { type Element, elementsIn, encoded, tags } from "./der.ts";

/** An answer that was granted, with no word of anybody: nobody signs what stands there. */
const granted = Buffer.from("3003020100", "hex");
/** Versions of signed data and of a signer, as whole numbers in DER. */
const versions = { content: Buffer.from("020103", "hex"), signer: Buffer.from("020101", "hex") } as const;

/**
 * The one form in which an answer of an authority is kept: nothing is left in it that nobody signed.
 *
 * Shape:  DER of an answer (RFC 3161, 2.4.2) whose state is a bare "granted", with the token: its signed content, one signature without unsigned
 *         attributes, the names of its algorithms as its digest and key have them, no lists of revoked certificates, and of the certificates those that these
 *         of the authority vouch for, be it by one another.
 * Errors: Failure("seal-refused") for what is no such answer, for a signer whose certificate is not among them, and for keys that are neither RSA nor EC.
 */
export function normalAnswer(answer: Buffer, name: string, authority: readonly X509Certificate[]): Buffer {
  const form = formOf(answer);
  if (form === null) throw new Failure("seal-refused", `${name}: found another form, expected an answer of an authority with a time-stamp token by one signer, in DER (RFC 3161)`);
  const { kind, content, signer, digest } = form;
  const certificates = vouchedFor(form.certificates, authority);
  const own = certificates.find(({ element }) => namesOf(element)?.equals(signer.names.content) === true);
  if (own === undefined) throw new Failure("seal-refused", `${name}: found no certificate of its signer that those of the authority vouch for, expected one within the answer`);
  const digestAlgorithm = encoded(tags.sequence, [digest, empty]);
  const signatureAlgorithm = signatureAlgorithmOf(own.certificate.publicKey.asymmetricKeyType, digest);
  if (signatureAlgorithm === null) throw new Failure("seal-refused", `${name}: found a signature by another algorithm, expected one by RSA or EC over SHA-256, SHA-384 or SHA-512`);
  const signed = encoded(tags.sequence, [
    versions.content,
    encoded(tags.set, [digestAlgorithm]),
    content.bytes,
    encoded(tags.first, certificates.map(({ element }) => element.bytes)),
    encoded(tags.set, [encoded(tags.sequence, [versions.signer, signer.names.bytes, digestAlgorithm, signer.attributes.bytes, signatureAlgorithm, signer.signature.bytes])]),
  ]);
  return encoded(tags.sequence, [granted, encoded(tags.sequence, [kind.bytes, encoded(tags.first, [signed])])]);
}

/** The certificates of a PEM file. Errors: Failure("usage") with its name when it cannot be read or holds none. */
export function certificatesIn(file: string): readonly X509Certificate[] {
  const name = pathText(Buffer.from(file));
  let text: string;
  try {
    text = readFileSync(file, "latin1");
  } catch (thrown) {
    throw new Failure("usage", `${name}: it cannot be read (${systemCode(thrown) ?? "unknown error"}), expected certificates in PEM`, thrown);
  }
  try {
    const certificates = (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map((pem) => new X509Certificate(pem));
    if (certificates.length > 0) return certificates;
  } catch (thrown) {
    throw new Failure("usage", `${name}: found a certificate that cannot be read, expected certificates in PEM`, thrown);
  }
  throw new Failure("usage", `${name}: found no certificate, expected certificates in PEM`);
}

interface Form {
  readonly kind: Element;
  readonly content: Element;
  readonly certificates: readonly Element[];
  /** The digest's name, an object identifier with its tag. */
  readonly digest: Buffer;
  readonly signer: { readonly names: Element; readonly attributes: Element; readonly signature: Element };
}

/** Source: RFC 5652, 3, 5.1 and 5.3. */
function formOf(answer: Buffer): Form | null {
  const [outer] = hasTags(elementsIn(answer), [tags.sequence]);
  const [, token] = parts(outer, [tags.sequence, tags.sequence]);
  const [kind, wrapped] = parts(token, [tags.objectIdentifier, tags.first]);
  const [signed] = parts(wrapped, [tags.sequence]);
  const [version, , content, ...rest] = parts(signed);
  const certificates = rest[0]?.tag === tags.first ? parts(rest[0]) : [];
  const [signer] = parts(rest.at(-1), [tags.sequence]);
  const [signerVersion, names, digestAlgorithm, attributes, , signature] = parts(signer);
  const [digest] = parts(digestAlgorithm);
  if (kind === undefined || version?.bytes.equals(versions.content) !== true || content?.tag !== tags.sequence || rest.at(-1)?.tag !== tags.set) return null;
  if (signerVersion?.bytes.equals(versions.signer) !== true || names?.tag !== tags.sequence || digest?.tag !== tags.objectIdentifier) return null;
  if (attributes?.tag !== tags.first || signature?.tag !== tags.octets || !isWhole(content) || !isWhole(attributes)) return null;
  return { kind, content, certificates, digest: digest.bytes, signer: { names, attributes, signature } };
}

/** Whether all that is made of parts says so, to the innermost: openssl reads the other form as the same. */
function isWhole({ tag, content }: Element): boolean {
  if (tag === (tags.sequence & 0x1f) || tag === (tags.set & 0x1f)) return false;
  if ((tag & 0x20) === 0) return true;
  return elementsIn(content)?.every(isWhole) === true;
}

/** Issuer and serial number of a certificate, as a signature names it. Source: RFC 5280, 4.1. */
function namesOf(certificate: Element): Buffer | null {
  const [toBeSigned] = parts(certificate);
  const [, serial, , issuer] = parts(toBeSigned);
  return serial === undefined || issuer === undefined ? null : Buffer.concat([issuer.bytes, serial.bytes]);
}

const empty = Buffer.from("0500", "hex");
/** SHA-256, SHA-384 and SHA-512 have the numbers 1 to 3 below this one. */
const digestNames = Buffer.from("06096086480165030402", "hex");

/** Nobody signs how a signature names its algorithm, and openssl goes by the key. Source: RFC 3370, 3.2; RFC 5754, 2 and 3.3. */
function signatureAlgorithmOf(keyType: string | undefined, digest: Buffer): Buffer | null {
  const number = digest.at(-1) ?? 0;
  if (!digest.subarray(0, -1).equals(digestNames) || number < 1 || number > 3) return null;
  if (keyType === "rsa") return Buffer.from("300d06092a864886f70d0101010500", "hex");
  return keyType === "ec" ? Buffer.concat([Buffer.from("300a06082a8648ce3d0403", "hex"), Buffer.of(number + 1)]) : null;
}

/** What stands within a value; nothing where that is not of these tags, or no DER. */
function parts(element: Element | undefined, expected?: readonly number[]): readonly Element[] {
  const elements = element === undefined ? null : elementsIn(element.content);
  return expected === undefined ? (elements ?? []) : hasTags(elements, expected);
}

function hasTags(elements: readonly Element[] | null, expected: readonly number[]): readonly Element[] {
  return elements?.length === expected.length && elements.every(({ tag }, nth) => tag === expected[nth]) ? elements : [];
}

interface Vouched {
  readonly element: Element;
  readonly certificate: X509Certificate;
}

/** In the order in which they stand. A certificate that nobody vouches for could be altered by anybody. */
function vouchedFor(elements: readonly Element[], authority: readonly X509Certificate[]): readonly Vouched[] {
  const issuers = [...authority];
  const kept = new Map<Element, Vouched>();
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const element of elements) {
      const certificate = kept.has(element) ? null : certificateOf(element);
      if (certificate === null || !issuers.some((issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) continue;
      kept.set(element, { element, certificate });
      issuers.push(certificate);
    }
  }
  return elements.map((element) => kept.get(element)).filter((vouched) => vouched !== undefined);
}

/** Null for what is none, and for one that is written otherwise than it is read. */
function certificateOf({ bytes }: Element): X509Certificate | null {
  try {
    const certificate = new X509Certificate(bytes);
    return certificate.raw.equals(bytes) ? certificate : null;
  } catch {
    return null;
  }
}
