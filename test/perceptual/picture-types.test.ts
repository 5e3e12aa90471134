import { describe, expect, it } from "vitest";
import { pictureSupport } from "../../src/perceptual/picture-types.ts";

describe("media types of pictures", () => {
  it.each(["image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/avif", "IMAGE/JPEG", "image/png; charset=binary"])("decodes %s", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("decodable");
  });

  it.each([
    "image/heic", "image/heif", "image/heic-sequence", "image/bmp", "image/x-icon", "image/jxl", "image/jp2", "image/x-canon-cr2", "image/x-canon-cr3",
    "image/x-nikon-nef", "image/x-sony-arw", "image/x-adobe-dng", "image/vnd.adobe.photoshop", "image/svg+xml", "image/of-tomorrow",
  ])("counts %s as a picture that is not decoded", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("unsupported");
  });

  it.each(["video/mp4", "application/pdf", "text/plain", "application/x-image", "", "imagejpeg"])("takes %j for no picture", (mediaType) => {
    expect(pictureSupport(mediaType)).toBe("none");
  });
});
