import { be16, le32 } from "./pictures.ts";
import { tiffFile } from "./pictures-tiff.ts";

/** A JPEG file with a further segment right behind its first marker. */
export function withSegment(jpeg: Uint8Array, marker: number, content: Uint8Array): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0xff, marker), be16(content.length + 2), content, jpeg.subarray(2)]);
}

/** An Exif block (its TIFF structure) with a thumbnail in its second directory. */
export function exifBlock(thumbnail: Uint8Array, isLittleEndian = false): Buffer {
  return tiffFile([[{ tag: 0x0112, numbers: [1], type: 3 }], [{ tag: 0x0201, placeOf: thumbnail }, { tag: 0x0202, numbers: [thumbnail.length] }]], { isLittleEndian });
}

export function withExif(jpeg: Uint8Array, thumbnail: Uint8Array, isLittleEndian = false): Buffer {
  return withSegment(jpeg, 0xe1, Buffer.concat([Buffer.from("Exif\0\0", "latin1"), exifBlock(thumbnail, isLittleEndian)]));
}

/** JPEG files in one, with the index of a multi-picture file in the first. Source: CIPA DC-007. */
export function multiPicture([first, ...further]: readonly Uint8Array[]): Buffer {
  const [one, ...others] = [first!, ...further];
  const sizeWithIndex = (lengths: readonly number[], placesAt: readonly number[]): Buffer => {
    const entries = Buffer.concat(lengths.map((lengthBytes, at) => le32(at === 0 ? 0x00030000 : 0x00020003, lengthBytes, placesAt[at]!, 0)));
    const index = tiffFile([[{ tag: 0xb000, bytes: Buffer.from("0100") }, { tag: 0xb001, numbers: [lengths.length] }, { tag: 0xb002, bytes: entries }]]);
    return withSegment(one, 0xe2, Buffer.concat([Buffer.from("MPF\0", "latin1"), index]));
  };
  const lengths = [one, ...others].map((jpeg) => jpeg.length);
  const firstBytes = sizeWithIndex(lengths, lengths).length;
  // Offsets count from the index's own beginning: behind marker, length and name.
  let at = firstBytes - 10;
  const places = others.map((jpeg) => {
    at += jpeg.length;
    return at - jpeg.length;
  });
  return Buffer.concat([sizeWithIndex([firstBytes, ...lengths.slice(1)], [0, ...places]), ...others]);
}
