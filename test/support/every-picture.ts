import { storedPng } from "../../src/perceptual/stored-png.ts";
import { drawPhoto, encode } from "./draw.ts";
import { photoPixels } from "./pictures.ts";
import { bmp, icon, iconBitmap } from "./pictures-bitmap.ts";
import { multiPicture, withExif } from "./pictures-jpeg.ts";
import { animatedPng } from "./pictures-png.ts";
import { rawFiles } from "./pictures-raw.ts";

/** A drawn picture in each type that is decoded without another program to write it, and in several forms of some. */
export async function everyPicture(): Promise<readonly (readonly [mediaType: string, bytes: Uint8Array])[]> {
  const photo = drawPhoto(21, 320, 210);
  const large = await encode(photo, "jpeg", { quality: 90 });
  const small = await encode(drawPhoto(22, 160, 120), "jpeg");
  const canvas = Buffer.alloc(4 * 120 * 90, 0xc0);
  const usual = await Promise.all((["jpeg", "png", "webp", "gif", "tiff", "avif"] as const).map(async (encoding) => [`image/${encoding}`, await encode(photo, encoding)] as const));
  return [
    ...usual,
    ["image/jpeg", withExif(large, small)],
    ["image/jpeg", multiPicture([large, small])],
    ["image/jpeg", await encode(photo, "jpeg", { progressive: true, cmyk: true })],
    ["image/png", storedPng(photoPixels(23, 90, 70))],
    ["image/apng", animatedPng(120, 90, [{ data: canvas, left: 0, top: 0, width: 120, height: 90 }])],
    ["image/bmp", bmp(photoPixels(24, 200, 130), { bits: 24 }).file],
    ["image/x-icon", icon([iconBitmap(photoPixels(25, 64, 64), 32).file])],
    ...Object.entries(rawFiles).map(([type, make]) => [type, make({ large, small })] as const),
    ["image/jpeg", large.subarray(0, 4000)],
    ["image/png", Buffer.from("not a picture")],
  ];
}
