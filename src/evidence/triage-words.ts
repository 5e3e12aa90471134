// Names of folders are compared in lower case and composed (NFC), and two or three with slashes between where one name alone says too little. Tools and systems name these; their users may, too.

/** Folders into which people, telephones and programs put pictures and what they were sent, deleted things among them. */
export const gatheringFolders: readonly string[] = [
  ...["dcim", "pictures", "my pictures", "photos", "photos library.photoslibrary", "camera", "camera roll", "camera uploads", "screenshots", "saved pictures", "videos", "my videos", "movies"],
  ...["bilder", "eigene bilder", "fotos", "images", "mes images", "imágenes", "mis imágenes", "immagini", "imagens", "afbeeldingen", "obrazy", "billeder", "bilder och foton", "kuvat", "resimler", "изображения", "картинки", "фото", "图片", "画像", "ピクチャ"],
  ...["vidéos", "vídeos", "video", "filme", "видео", "desktop", "schreibtisch", "bureau", "escritorio", "scrivania", "bureaublad", "pulpit", "skrivebord", "skrivbord", "рабочий стол", "桌面", "デスクトップ"],
  ...["downloads", "download", "my downloads", "téléchargements", "descargas", "scaricati", "pobrane", "hämtningar", "загрузки", "下载", "ダウンロード", "incoming", "received files", "my received files", "bluetooth", "airdrop"],
  ...["whatsapp", "whatsapp images", "whatsapp video", "com.whatsapp", "whatsapp business", "telegram", "telegram desktop", "org.telegram.messenger", "signal", "viber", "viberdownloads", "snapchat", "wechat", "wechat files", "tencent", "kik", "threema", "discord", "skype", "messenger", "instagram"],
  ...["emule", "edonkey", "shareaza", "limewire", "frostwire", "torrents", "utorrent", "tor browser"],
  ...["$recycle.bin", "recycler", "recycled", "trash", ".trash", ".trashes", "lost+found"],
  ...["dropbox", "onedrive", "skydrive", "google drive", "googledrive", "my drive", "icloud drive", "iclouddrive", "icloud photos", "mega", "megasync", "nextcloud", "owncloud", "pcloud", "pcloud drive", "box", "box sync", "yandex.disk", "yandexdisk", "magentacloud"],
];

/** What names of such folders begin with where the rest differs: of a company, a user's number, a repair. */
export const gatheringBeginnings: readonly string[] = ["onedrive - ", ".trash-", "found."];

/** Folders below which users have their own. */
export const userFolders: readonly string[] = ["users", "home", "documents and settings", "dokumente und einstellungen", "usr/home", "var/root", "media", "run/media", "data/media", "storage", "sdcard", "mnt", "var/mobile", "backups", "backup"];

/** A user's at the evidence's root and nowhere else. What shows a whole volume below such a name has a system's folders in it, which count as they do elsewhere. */
export const rootFolders: readonly string[] = ["root"];

/** Folders within a system's in which a volume begins: what is below is taken as it would be at the evidence's root. Three names each. */
export const volumeFolders: readonly string[] = ["system/volumes/data"];

/** Folders of operating systems and programs, at the evidence's root or one folder below it. */
export const systemFolders: readonly string[] = [
  ...["windows", "winnt", "program files", "program files (x86)", "program files (arm)", "programdata", "perflogs", "recovery", "system volume information", "$extend", "$windows.~bt", "$windows.~ws", "$winreagent", "msocache", "boot", "efi", "intel", "nvidia", "amd"],
  ...["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "opt", "snap", "dev", "proc", "sys", "run", "var/lib", "var/cache", "var/log", "nix", "gnu"],
  ...["system", "library", "applications", "developer", "cores", "private/etc", ".fseventsd", ".spotlight-v100"],
  ...["apex", "vendor", "product", "odm", "system_ext", "data/app", "data/dalvik-cache", "data/system", "dalvik-cache"],
];

/** Extensions in lower case, by what their files hold. */
export const extensionsOf = {
  picture: [
    ..."jpg jpeg jpe jfif jif png apng gif webp tif tiff bmp dib heic heif hif avif jxl jp2 j2k jpf jpx psd ico thm mpo".split(" "),
    ..."3fr arw cr2 cr3 crw dcr dng erf fff iiq kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl sr2 srf srw x3f".split(" "),
  ],
  video: "mp4 m4v mov qt 3gp 3g2 avi divx mkv webm flv f4v wmv asf mpg mpeg mpe vob m2v mts m2ts ogv rm rmvb dv".split(" "),
  archive: "zip zipx rar 7z tar gz tgz bz2 tbz xz txz zst lz lzma cab iso img dmg vhd vhdx vmdk ova tc hc cbz cbr bak crypt12 crypt14 crypt15".split(" "),
} as const satisfies Readonly<Record<string, readonly string[]>>;
