/** Number of a manifest by its name, from 1; null for any other file. */
export function manifestNumber(name: string): number | null {
  const [, digits] = /^manifest(?:-([1-9]\d{0,8}))?\.json$/.exec(name) ?? [];
  if (digits === undefined) return name === "manifest.json" ? 1 : null;
  return Number(digits) > 1 ? Number(digits) : null;
}

export function manifestName(number: number): string {
  return number === 1 ? "manifest.json" : `manifest-${number}.json`;
}

/** Manifests among the names of a folder, the newest last. */
export function manifestsAmong(names: readonly string[]): readonly string[] {
  const numbers = names.map(manifestNumber).filter((number) => number !== null);
  return numbers.sort((one, other) => one - other).map(manifestName);
}

/** File of the signature that whoever sealed made. */
export function signatureName(manifest: string): string {
  return `${manifest}.minisig`;
}

/** File of a further examiner's signature. */
export function coSignatureName(manifest: string, keyId: string): string {
  return `${manifest}.${keyId}.minisig`;
}

/** The key that a co-signature's name states; null for any other name. */
export function coSigner(manifest: string, name: string): string | null {
  const keyId = name.slice(manifest.length + 1, manifest.length + 17);
  return /^[0-9A-F]{16}$/.test(keyId) && coSignatureName(manifest, keyId) === name ? keyId : null;
}

/** File of the time-stamp token over the signature. */
export function tokenName(manifest: string): string {
  return `${manifest}.tsr`;
}

/** Whatever belongs to a manifest among the names of a folder: itself, its signatures, its token. */
export function partsOf(manifest: string, names: readonly string[]): readonly string[] {
  const own = [manifest, signatureName(manifest), tokenName(manifest)];
  return names.filter((name) => own.includes(name) || coSigner(manifest, name) !== null);
}
