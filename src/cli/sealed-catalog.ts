import { type Catalog, catalogOf } from "../reference/catalog.ts";
import { homeSeal } from "../reference/catalog-seal.ts";
import { keyAtHand, keyOf, type KeyOptions } from "./key.ts";

/** A catalog whose seal was checked, and the key that it was checked with. Shape: where none was begun yet it holds nothing, nobody is asked, and the key fits nothing. */
export async function sealedCatalog(home: string, options: KeyOptions): Promise<Catalog & { readonly key: Uint8Array }> {
  const key = homeSeal(home) === null ? null : await keyOf(home, options);
  return { ...catalogOf(home, key), key: key ?? new Uint8Array(0) };
}

/** A catalog for looking at, its seal checked where the key can be had without asking anybody; `notes` say where it was not. */
export async function readableCatalog(home: string, options: KeyOptions): Promise<Catalog & { readonly notes: readonly string[] }> {
  const key = await keyAtHand(home, options);
  const isUnverified = key === null && homeSeal(home) !== null;
  return { ...catalogOf(home, key), notes: isUnverified ? ["not verified: that needs the key; see blindmatch list verify --help"] : [] };
}
