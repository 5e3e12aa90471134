const tiffRaw = ["3fr", "arw", "cr2", "dcr", "dng", "erf", "fff", "iiq", "kdc", "mef", "mos", "nef", "nrw", "pef", "rwl", "sr2", "srf", "srw"];
const isoVideo = ["mp4", "m4v", "mov", "qt", "3gp", "3g2", "mj2", "f4v"];

/** The extensions that files of a media type ordinarily bear. Sources: the IANA media type registry and the formats' specifications. */
const extensions: Readonly<Record<string, readonly string[]>> = {
  "image/jpeg": ["jpg", "jpeg", "jpe", "jfif", "jif", "mpo", "thm"],
  "image/png": ["png", "apng"],
  "image/apng": ["png", "apng"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/tiff": ["tif", "tiff", ...tiffRaw],
  "image/avif": ["avif", "avifs", "heif", "hif"],
  "image/heic": ["heic", "heics", "heif", "heifs", "hif"],
  "image/heif": ["heif", "heifs", "hif", "heic", "avif"],
  "image/bmp": ["bmp", "dib", "rle"],
  "image/x-icon": ["ico", "cur"],
  "image/jxl": ["jxl"],
  "image/jp2": ["jp2", "j2k", "jpf", "jpx", "jpm", "j2c", "jpc"],
  "image/vnd.adobe.photoshop": ["psd", "psb"],
  "image/svg+xml": ["svg"],
  "image/x-canon-cr2": ["cr2"],
  "image/x-canon-cr3": ["cr3"],
  "image/x-nikon-nef": ["nef", "nrw"],
  "image/x-sony-arw": ["arw", "sr2", "srf"],
  "image/x-pentax-pef": ["pef"],
  "image/x-adobe-dng": ["dng"],
  "image/x-olympus-orf": ["orf"],
  "image/x-panasonic-rw2": ["rw2", "raw", "rwl"],
  "image/x-fuji-raf": ["raf"],
  "image/x-dcraw": tiffRaw,
  "video/mp4": isoVideo,
  "video/quicktime": isoVideo,
  "video/x-msvideo": ["avi", "divx"],
  "video/x-matroska": ["mkv", "webm", "mka", "mks", "mk3d"],
  "video/x-flv": ["flv"],
  "video/x-ms-asf": ["wmv", "wma", "asf"],
  "video/mpeg": ["mpg", "mpeg", "mpe", "vob", "m2v", "m1v"],
  "audio/mpeg": ["mp3", "mp2"],
  "audio/mp4": ["m4a", "m4b", "mp4", "aac"],
  "audio/wav": ["wav"],
  "audio/ogg": ["ogg", "oga", "ogv", "opus", "spx"],
  "audio/flac": ["flac"],
  "application/pdf": ["pdf", "ai"],
  "application/zip": [
    "zip", "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm", "potx", "ppsx", "odt", "ods", "odp", "odg", "ott", "epub", "jar", "apk", "xapk", "ipa", "war",
    "ear", "cbz", "kmz", "xpi", "vsdx", "xps", "oxps", "whl", "nupkg", "vsix", "appx", "msix", "3mf", "key", "pages", "numbers", "sketch", "ufdr", "aab",
  ],
  "application/x-7z-compressed": ["7z", "cb7"],
  "application/vnd.rar": ["rar", "cbr", "rev"],
  "application/gzip": ["gz", "tgz", "svgz", "emz", "wmz"],
  "application/x-bzip2": ["bz2", "tbz", "tbz2"],
  "application/x-xz": ["xz", "txz"],
  "application/zstd": ["zst", "tzst"],
  "application/x-tar": ["tar", "cbt", "ova"],
  "application/x-ole-storage": ["doc", "dot", "xls", "xlt", "xla", "ppt", "pps", "pot", "msg", "msi", "msp", "vsd", "pub", "mpp", "db"],
  "application/vnd.sqlite3": ["db", "sqlite", "sqlite3", "db3"],
  "application/x-msdownload": ["exe", "dll", "sys", "ocx", "scr", "cpl", "drv", "efi", "mui", "com", "ax"],
};

/** Extensions of text, which has no signature: what bears one and has the signature of something else is disguised. */
const ofText = ["txt", "log", "csv", "tsv", "ini", "cfg", "conf", "inf", "htm", "html", "css", "js", "json", "xml", "md", "rtf", "bat", "cmd", "ps1", "sh", "py", "c", "h", "cpp", "java", "sql", "reg", "url", "srt", "vcf", "ics", "eml"];

const known: ReadonlySet<string> = new Set([...Object.values(extensions).flat(), ...ofText]);

/**
 * Whether the extension of a name is one that files of a media type ordinarily bear: a fact for the report, which decides nothing.
 *
 * Shape: null when the extension is absent or not known, and when the type is. Only letters and digits of ASCII count, in either case.
 */
export function extensionFits(mediaType: string | null, name: Uint8Array): boolean | null {
  const ordinary = mediaType === null || !Object.hasOwn(extensions, mediaType) ? undefined : extensions[mediaType];
  const ending = Buffer.from(name.buffer, name.byteOffset, name.byteLength).subarray(-12).toString("latin1");
  const extension = /[^/]\.([A-Za-z0-9]{1,8})$/.exec(ending)?.[1]?.toLowerCase();
  return ordinary === undefined || extension === undefined || !known.has(extension) ? null : ordinary.includes(extension);
}
