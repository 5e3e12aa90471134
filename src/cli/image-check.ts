import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "commander";
import { storedDigests } from "../evidence/ewf.ts";
import { imageBeneath } from "../evidence/image.ts";
import { mountOfFolder } from "../evidence/mount.ts";
import { Failure } from "../failure.ts";
import { type CryptographicAlgorithm, cryptographicAlgorithms, digestBytes } from "../model.ts";
import { pathText } from "../path-text.ts";
import { hashImage } from "../reading/hash-image.ts";
import type { LogBodies } from "../record/view.ts";
import type { EvidencePlace } from "./evidence-checks.ts";

/** A digest of the whole image that somebody stated. */
export interface StatedDigest {
  readonly algorithm: CryptographicAlgorithm;
  readonly hex: string;
  readonly statedBy: string;
}

export interface ImageOptions {
  readonly hashImage?: boolean;
  readonly imageDigest?: readonly StatedDigest[];
  readonly ewf?: string;
}

/** What looking at an image takes besides the options. */
export interface ImageParts {
  readonly stallMs: number;
  readonly interrupt: AbortSignal;
}

/** Parses `algorithm:hexadecimal`. */
export function imageDigestArgument(text: string, earlier: readonly StatedDigest[] = []): readonly StatedDigest[] {
  const [name, hex = ""] = text.split(":");
  const algorithm = cryptographicAlgorithms.find((known) => known === name?.toLowerCase());
  if (algorithm === undefined) throw new InvalidArgumentError(`expected ${cryptographicAlgorithms.join(", ")} and a digest, with a colon between`);
  if (!/^[0-9a-f]*$/i.test(hex) || hex.length !== 2 * digestBytes[algorithm]) throw new InvalidArgumentError(`expected ${2 * digestBytes[algorithm]} hexadecimal digits of ${algorithm}`);
  return [...earlier, { algorithm, hex: hex.toLowerCase(), statedBy: "--image-digest" }];
}

/**
 * How the whole image is looked at before a scan and after it; null when nobody asked for that.
 *
 * Errors: Failure("usage") where there is no image to read; Failure("evidence-image") when the EWF segment holds no digests. The function's: Failure("evidence-image")
 *         when the image cannot be read to its end, or is not what was stated.
 */
export function imageCheck(place: EvidencePlace, options: ImageOptions, { stallMs, interrupt }: ImageParts): ((when: "before" | "after") => Promise<LogBodies["image"] | "interrupted">) | null {
  const stated = [...(options.imageDigest ?? []), ...(options.ewf === undefined ? [] : statedByEwf(options.ewf))];
  if (options.hashImage !== true && stated.length === 0) return null;
  const mount = mountOfFolder(place.resolved);
  const path = mount === null ? null : imageBeneath(mount);
  if (path === null) throw new Failure("usage", "--hash-image: found a file system without a block device, expected one on a device or an image");
  const image = pathText(Buffer.from(path, "latin1"));
  const algorithms = cryptographicAlgorithms.filter((name) => name === "sha256" || stated.some(({ algorithm }) => algorithm === name));

  return async (when) => {
    const program = fileURLToPath(new URL("../reading/image-process.js", import.meta.url));
    const result = await hashImage({ program, path: Buffer.from(path, "latin1"), algorithms, stallMs, interrupt });
    if (result === "interrupted") return result;
    if ("found" in result) throw new Failure("evidence-image", `image ${image}: found ${result.found}, expected to read it to its end`);
    const digests = Object.fromEntries(algorithms.flatMap((name) => (result.digests[name] === undefined ? [] : [[name, Buffer.from(result.digests[name]).toString("hex")]])));
    // Afterwards the record keeps what was found, and the reports judge it: it is another one than before.
    const wrong = when === "after" ? undefined : stated.find(({ algorithm, hex }) => digests[algorithm] !== hex);
    if (wrong !== undefined) throw new Failure("evidence-image", `image ${image}: found the ${wrong.algorithm} ${digests[wrong.algorithm] ?? "missing"}, expected ${wrong.hex} (${wrong.statedBy})`);
    return { when, image, sizeBytes: String(result.sizeBytes), digests, stated: stated.map(({ algorithm, hex, statedBy }) => `${algorithm} ${hex} by ${statedBy}`) };
  };
}

function statedByEwf(path: string): StatedDigest[] {
  const printable = pathText(Buffer.from(path));
  const found = storedDigests(Buffer.from(resolve(path)), printable);
  return (["md5", "sha1"] as const).flatMap((algorithm) => (found[algorithm] === null ? [] : [{ algorithm, hex: found[algorithm], statedBy: `the EWF segment ${printable}` }]));
}
