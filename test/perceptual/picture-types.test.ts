import { describe, expect, it } from "vitest";
import { isRaw, pictureSupport } from "../../src/perceptual/picture-types.ts";

describe("media types of pictures", () => {
  it.each([
    "image/jpeg", "image/png", "image/apng", "image/webp", "image/gif", "image/tiff", "image/avif", "image/heic", "image/heif", "image/bmp", "image/x-icon",
    "image/x-canon-cr2", "image/x-canon-cr3", "image/x-nikon-nef", "image/x-sony-arw", "image/x-adobe-dng", "IMAGE/JPEG", "image/png; charset=binary",
  ])("decodes %s", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("decodable");
  });

  it("knows a camera's raw files from pictures", () => {
    expect(["image/x-canon-cr2", "image/x-dcraw", "image/tiff", "image/jpeg"].map(isRaw)).toEqual([true, true, false, false]);
  });

  it.each([
    "image/heic-sequence", "image/jxl", "image/jp2", "image/vnd.adobe.photoshop", "image/svg+xml", "image/of-tomorrow",
  ])("counts %s as a picture that is not decoded", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("unsupported");
  });

  it.each(["video/mp4", "application/pdf", "text/plain", "application/x-image", "", "imagejpeg"])("takes %j for no picture", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("none");
  });
});
