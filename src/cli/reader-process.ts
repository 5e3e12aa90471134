import { type Decoder, startDecoder } from "../perceptual/decoder.ts";
import { pictureSupport } from "../perceptual/picture-types.ts";
import type { FromReader, ToReader } from "../reading/protocol.ts";
import { type Perceive, startReading } from "../reading/reader.ts";
import { leastQuality } from "../reference/reference-set.ts";
import type { Picture } from "../model.ts";

// Entry file of a reader process: it joins the folder that reads with the folder that decodes, which know nothing of each other.

const withoutCodes = (status: Picture["status"]): Picture => ({ status, widthPixels: 0, heightPixels: 0, codes: [] });

/** A code below the least quality is never compared: the picture says so, and a damaged one counts as not decoded. */
function graded(picture: Picture): Picture {
  if (picture.codes.length === 0 || picture.codes.some(({ quality }) => quality >= leastQuality)) return picture;
  return { ...picture, status: picture.status === "partial" ? "undecodable" : picture.status === "hashed" ? "low-quality" : picture.status };
}

function perceiveWith(decoder: Decoder | null): Perceive {
  return async (mediaType, bytes) => {
    const support = pictureSupport(mediaType);
    if (support === "none") return null;
    if (decoder === null) return withoutCodes("off");
    if (support === "unsupported") return withoutCodes("unsupported");
    return bytes === "too-large" ? withoutCodes("too-large") : graded(await decoder.perceive(bytes));
  };
}

const mainProcess = process.ppid;

/** Also the moment at which a reader deep in a large file sees that its main process is gone: nobody would ever stop it. */
function tell(message: FromReader): void {
  if (process.ppid !== mainProcess) process.exit(0);
  process.send?.(message);
}

process.once("message", (start: ToReader) => {
  if (start.kind !== "start") process.exit(1);
  const decoder = start.perceptual ? startDecoder({ program: start.decoderProgram }) : null;
  const read = startReading(perceiveWith(decoder), (bytesRead) => tell({ kind: "alive", bytesRead }));
  process.on("message", (message: ToReader) => {
    if (message.kind === "batch") void read(message.root, message.batch).then((findings) => tell({ kind: "findings", findings }));
  });
  tell({ kind: "ready" });
});
// Without its main process a reader has nobody to answer.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
