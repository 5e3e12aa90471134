import type { Heif, HeifContext, HeifHandle } from "libheif-js/libheif-wasm/libheif-bundle.js";
import { mostPixels } from "./decode-limits.ts";
import type { Pixels } from "./pixels.ts";
import { alphaApart } from "./transparency.ts";

/** A picture of a file of the HEIF family. Shape: a damaged one lacks a part, such as a tile of a grid, in whose place is plain ground. */
export interface DecodedHeif {
  readonly pixels: Pixels;
  readonly isDamaged: boolean;
}

/** A file of the HEIF family as libheif reads it. */
export interface OpenedHeif {
  /** Its top-level pictures in their order, with the sizes that the file states. Empty when the file cannot be read. */
  readonly pictures: readonly { readonly id: number; readonly isPrimary: boolean; readonly hasAlpha: boolean; readonly widthPixels: number; readonly heightPixels: number }[];
  decode(id: number): DecodedHeif | "undecodable" | "too-large";
  close(): void;
}

/** Where libheif keeps its limits, from the address that it gives for them, each of 64 bits. Source: libheif 1.23, `heif_security_limits`, compiled for 32 bits. */
const limits = {
  imagePixels: { at: 8, initially: 2n ** 30n, ours: BigInt(mostPixels) },
  blockBytes: { at: 40, initially: 2n ** 32n, ours: 600n * 2n ** 20n },
  totalBytes: { at: 64, initially: 2n ** 32n, ours: 600n * 2n ** 20n },
} as const;

/** Source: libheif 1.23, `heif_error`, compiled for 32 bits. */
const warning = { bytes: 12, subcodeAt: 4 } as const;

/** Warnings that tell of no missing part: colours stated by numbers that are not known, or twice and differently. Source: libheif 1.23, `heif_suberror_code`. */
const colourWarnings: ReadonlySet<number> = new Set([133, 134, 135, 152]);

/** Memory of an instance never shrinks: one that grew beyond this is not used for another file. Units: bytes. */
const mostKeptBytes = 2 ** 27;

let kept: Heif | null = null;

/** Opens a file of the HEIF family. Errors: none for the content; what libheif says of it may quote it and goes no further. */
export async function openHeif(bytes: Uint8Array): Promise<OpenedHeif> {
  const heif = kept ?? (await startHeif());
  kept = null;
  let isSound = true;
  // Whatever it throws, its own exceptions or an abort, leaves an instance that cannot be relied on.
  const guarded = <T>(run: () => T): T | null => {
    if (!isSound) return null;
    try {
      return run();
    } catch {
      isSound = false;
      return null;
    }
  };
  const context = guarded(() => heif.heif_context_alloc());
  const pictures = context === null ? [] : (guarded(() => picturesOf(heif, context, bytes)) ?? []);
  return {
    pictures,
    decode: (id) => (context === null ? null : guarded(() => decoded(heif, context, id))) ?? "undecodable",
    close: () => {
      if (context !== null) guarded(() => heif.heif_context_free(context));
      if (isSound && heif.HEAPU8.length <= mostKeptBytes) kept = heif;
    },
  };
}

/** libheif is loaded with the first file that needs it: it takes 0.1 s. It is WebAssembly, and prints to nobody. */
async function startHeif(): Promise<Heif> {
  const { default: start } = await import("libheif-js/libheif-wasm/libheif-bundle.js");
  const silent = (): void => {};
  const heif = start({ print: silent, printErr: silent });
  const view = new DataView(heif.HEAPU8.buffer, heif._heif_get_global_security_limits());
  for (const [name, { at, initially, ours }] of Object.entries(limits)) {
    const found = view.getBigUint64(at, true);
    if (found !== initially) throw new Error(`libheif: limit ${name} is ${found}, expected ${initially}: this is another version than its limits are known of`);
    view.setBigUint64(at, ours, true);
  }
  return heif;
}

function picturesOf(heif: Heif, context: HeifContext, bytes: Uint8Array): OpenedHeif["pictures"] {
  if (heif.heif_context_read_from_memory(context, bytes).code !== heif.heif_error_code.heif_error_Ok) return [];
  const ids = heif.heif_js_context_get_list_of_top_level_image_IDs(context);
  if (!Array.isArray(ids)) return [];
  return ids.flatMap((id: number) => {
    const handle = handleOf(heif, context, id);
    if (handle === null) return [];
    const picture = {
      id,
      isPrimary: heif.heif_image_handle_is_primary_image(handle) !== 0,
      hasAlpha: heif.heif_image_handle_has_alpha_channel(handle) !== 0,
      widthPixels: heif.heif_image_handle_get_width(handle),
      heightPixels: heif.heif_image_handle_get_height(handle),
    };
    heif.heif_image_handle_release(handle);
    return [picture];
  });
}

function decoded(heif: Heif, context: HeifContext, id: number): DecodedHeif | "undecodable" | "too-large" {
  const handle = handleOf(heif, context, id);
  if (handle === null) return "undecodable";
  const hasAlpha = heif.heif_image_handle_has_alpha_channel(handle) !== 0;
  const { heif_chroma_interleaved_RGB: withoutAlpha, heif_chroma_interleaved_RGBA: withAlpha } = heif.heif_chroma;
  const image = heif.heif_js_decode_image2(handle, heif.heif_colorspace.heif_colorspace_RGB, hasAlpha ? withAlpha : withoutAlpha);
  heif.heif_image_handle_release(handle);
  if (!("image" in image)) return image.code === heif.heif_error_code.heif_error_Memory_allocation_error ? "too-large" : "undecodable";
  const plane = image.channels.find((channel) => channel.id === heif.heif_channel.heif_channel_interleaved);
  if (plane === undefined || plane.bits_per_pixel !== 8 || plane.width * plane.height > mostPixels) {
    heif.heif_image_release(image.image);
    return "undecodable";
  }
  const { width: widthPixels, height: heightPixels, stride } = plane;
  const rowBytes = (hasAlpha ? 4 : 3) * widthPixels;
  const data = new Uint8Array(rowBytes * heightPixels);
  for (let row = 0; row < heightPixels; row++) data.set(plane.data.subarray(row * stride, row * stride + rowBytes), row * rowBytes);
  const isDamaged = warningsOf(heif, image.image.$$.ptr).some((subcode) => !colourWarnings.has(subcode));
  heif.heif_image_release(image.image);
  return { pixels: hasAlpha ? alphaApart({ data, widthPixels, heightPixels, channels: 4 }) : { data, widthPixels, heightPixels, channels: 3 }, isDamaged };
}

/** Gives the subcodes. A tile that cannot be decoded is a warning rather than a failure. */
function warningsOf(heif: Heif, image: number): readonly number[] {
  const count = heif._heif_image_get_decoding_warnings(image, 0, 0, 0);
  if (count === 0) return [];
  const at = heif._malloc(count * warning.bytes);
  heif._heif_image_get_decoding_warnings(image, 0, at, count);
  const view = new DataView(heif.HEAPU8.buffer, at, count * warning.bytes);
  const subcodes = Array.from({ length: count }, (_, number) => view.getUint32(number * warning.bytes + warning.subcodeAt, true));
  heif._free(at);
  return subcodes;
}

function handleOf(heif: Heif, context: HeifContext, id: number): HeifHandle | null {
  const handle = heif.heif_js_context_get_image_handle(context, id);
  return handle.code === undefined ? (handle as HeifHandle) : null;
}
