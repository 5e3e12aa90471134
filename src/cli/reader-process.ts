import { type Decoder, startDecoder } from "../perceptual/decoder.ts";
import { pictureSupport } from "../perceptual/picture-types.ts";
import type { Admission, FromReader, ToReader } from "../reading/protocol.ts";
import { type Perceive, startReading } from "../reading/reader.ts";
import { leastQuality } from "../reference/reference-set.ts";
import type { Digests, Perceived, Picture } from "../model.ts";

// Entry file of a reader process: it joins the folder that reads with the folder that decodes, which know nothing of each other.

const withoutCodes = (status: Picture["status"]): Perceived => ({ picture: { status, widthPixels: 0, heightPixels: 0, codes: [] }, embedded: [] });

/** A code below the least quality tells too little: the picture says so, and a damaged one counts as not decoded. */
function graded(picture: Picture): Picture {
  if (picture.codes.length === 0 || picture.codes.some(({ quality }) => quality >= leastQuality)) return picture;
  return { ...picture, status: picture.status === "partial" ? "undecodable" : picture.status === "hashed" ? "low-quality" : picture.status };
}

function perceiveWith(decoder: Decoder | null, ask: (digests: Digests, sizeBytes: number) => Promise<Admission>): Perceive {
  return async (mediaType, bytes, digests, sizeBytes) => {
    const support = pictureSupport(mediaType);
    if (support === "none") return null;
    if (decoder === null) return withoutCodes("off");
    if (support === "unsupported") return withoutCodes("unsupported");
    if (bytes === "too-large") return withoutCodes("too-large");
    const admission = await ask(digests, sizeBytes);
    if (admission === "skip") return withoutCodes("skipped");
    if (admission !== "decode") return admission;
    const { picture, embedded } = await decoder.perceive(mediaType, bytes);
    const perceived = { picture: graded(picture), embedded };
    tell({ kind: "perceived", perceived });
    return perceived;
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
  let admitted: (admission: Admission) => void = () => undefined;
  const ask = (digests: Digests, sizeBytes: number): Promise<Admission> =>
    new Promise((resolve) => {
      admitted = resolve;
      tell({ kind: "ask", digests, sizeBytes });
    });
  const read = startReading(start.digests, perceiveWith(decoder, ask), (bytesRead) => tell({ kind: "alive", bytesRead }));
  process.on("message", (message: ToReader) => {
    if (message.kind === "admission") admitted(message.admission);
    if (message.kind === "batch") void read(message.root, message.batch).then((findings) => tell({ kind: "findings", findings }));
  });
  tell({ kind: "ready" });
});
// Without its main process a reader has nobody to answer.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
