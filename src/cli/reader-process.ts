import type { Digests } from "../model.ts";
import { startDecoder } from "../perceptual/decoder.ts";
import type { Admission, FromReader, ToReader } from "../reading/protocol.ts";
import { startReading } from "../reading/reader.ts";
import { perceivingWith } from "./perceiving.ts";

// Entry file of a reader process: it joins the folder that reads with the folder that decodes, which know nothing of each other.

const mainProcess = process.ppid;

/** Also the moment at which a reader deep in a large file sees that its main process is gone: nobody would ever stop it. */
function tell(message: FromReader): void {
  if (process.ppid !== mainProcess) process.exit(0);
  process.send?.(message);
}

process.once("message", (start: ToReader) => {
  if (start.kind !== "start") process.exit(1);
  const { digests, perceptual, decoderProgram: program, isolation } = start;
  let admitted: (admission: Admission) => void = () => undefined;
  const ask = (digests: Digests, sizeBytes: number): Promise<Admission> =>
    new Promise((resolve) => {
      admitted = resolve;
      tell({ kind: "ask", digests, sizeBytes });
    });
  const { perceive, believed } = perceivingWith({
    decoder: perceptual ? startDecoder({ program, isolation }) : null,
    startApart: () => startDecoder({ program, isolation: isolation === "process" ? "process" : "per-file", picturesPerProcess: 1 }),
    ask,
    told: (digests, perceived) => tell({ kind: "perceived", digests, perceived }),
    doubted: () => tell({ kind: "doubted" }),
  });
  const read = startReading(digests, perceive, (bytesRead) => tell({ kind: "alive", bytesRead }));
  process.on("message", (message: ToReader) => {
    if (message.kind === "admission") admitted(message.admission);
    if (message.kind === "batch")
      void believed(() => read(message.root, message.batch)).then(({ result, wasDoubted }) => tell({ kind: "findings", findings: result, wasDoubted }));
  });
  tell({ kind: "ready" });
});
// Without its main process a reader has nobody to answer.
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => undefined);
