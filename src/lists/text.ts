import { Failure } from "../failure.ts";
import type { ListFile } from "./format.ts";

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * The file's bytes as UTF-8 without byte order mark: UTF-16 is what its mark says, everything else is passed on as it stands.
 *
 * Errors: Failure("list-refused") when text marked as UTF-16 is none, or ends inside a character.
 */
export async function* utf8Chunks(file: ListFile): AsyncGenerator<Buffer> {
  const { encoding, markBytes } = encodingOf(file.head);
  if (encoding !== "utf-8") {
    yield* transcoded(file, encoding);
    return;
  }
  let skipBytes = markBytes;
  for await (const chunk of file.bytes()) {
    const skipped = Math.min(skipBytes, chunk.length);
    skipBytes -= skipped;
    if (chunk.length > skipped) yield Buffer.from(chunk.buffer, chunk.byteOffset + skipped, chunk.length - skipped);
  }
}

/** The first bytes of a file as text, for recognising a format. Undecodable bytes become U+FFFD; the last character may be cut. */
export function headText(head: Uint8Array): string {
  return new TextDecoder(encodingOf(head).encoding).decode(head);
}

/** Lines of the head that say something: neither empty nor a `#` comment. */
export function headLines(head: Uint8Array): readonly string[] {
  return headText(head)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function* transcoded(file: ListFile, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new Failure("list-refused", `${file.name}: found bytes that are no ${encoding.toUpperCase()}, expected the encoding of its byte order mark to its end`);
    }
  };
  for await (const chunk of file.bytes()) {
    const text = decode(chunk);
    if (text !== "") yield Buffer.from(text, "utf8");
  }
  decode();
}

function encodingOf(head: Uint8Array): { readonly encoding: Encoding; readonly markBytes: number } {
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", markBytes: 2 };
  return { encoding: "utf-8", markBytes: head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0 };
}
