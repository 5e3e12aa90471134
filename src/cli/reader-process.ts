import { type Decoder, startDecoder } from "../perceptual/decoder.ts";
import { pictureSupport } from "../perceptual/picture-types.ts";
import type { FromReader, ToReader } from "../reading/protocol.ts";
import { type Perceive, startReading } from "../reading/reader.ts";
import type { Picture } from "../model.ts";

// Entry file of a reader process: it joins the folder that reads with the folder that decodes, which know nothing of each other.

const withoutCodes = (status: Picture["status"]): Picture => ({ status, widthPixels: 0, heightPixels: 0, codes: [] });

function perceiveWith(decoder: Decoder | null): Perceive {
  return async (mediaType, bytes) => {
    const support = pictureSupport(mediaType);
    if (support === "none") return null;
    if (decoder === null) return withoutCodes("off");
    if (support === "unsupported") return withoutCodes("unsupported");
    return bytes === "too-large" ? withoutCodes("too-large") : decoder.perceive(bytes);
  };
}

function tell(message: FromReader): void {
  process.send?.(message);
}

process.once("message", (start: ToReader) => {
  if (start.kind !== "start") process.exit(1);
  const decoder = start.perceptual ? startDecoder({ program: start.decoderProgram }) : null;
  const read = startReading(perceiveWith(decoder), () => tell({ kind: "alive" }));
  process.on("message", (message: ToReader) => {
    if (message.kind === "batch") void read(message.root, message.batch).then((findings) => tell({ kind: "findings", findings }));
  });
  tell({ kind: "ready" });
});
// Without its main process a reader has nobody to answer.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
