import { type Place, quotable, refusal } from "./refusal.ts";

const otherNames: Readonly<Record<string, string>> = {
  UK: "GB", GBR: "GB", CAID: "GB", GREATBRITAIN: "GB", ENGLAND: "GB", SCOTLAND: "GB", WALES: "GB", NORTHERNIRELAND: "GB",
  USA: "US", UNITEDSTATESOFAMERICA: "US", CAN: "CA", AUS: "AU", NZL: "NZ",
};
const countriesOfScales: ReadonlyMap<string, string> = new Map([["vic-us", "US"], ["dhs-autopsy", "US"], ["uk-sentencing", "GB"]]);

/**
 * The country that a VICS preamble names as its region: two letters, null for a region that is none (Default, CUSTOM).
 *
 * Shape: two letters are taken as they are; else English names of countries, in any case, with or without blanks, and the abbreviations in use.
 */
function countryOf(region: string): string | null {
  const letters = lettersOf(region);
  if (Object.hasOwn(otherNames, letters)) return otherNames[letters]!;
  return letters.length === 2 ? letters : (countriesByName().get(letters) ?? null);
}

/** Errors: Failure("list-refused") for the region of one country under a built-in scale of another: the same code means something else there. */
export function refuseOtherCountry(region: string, scale: string | undefined, place: Place): void {
  const country = scale === undefined ? undefined : countriesOfScales.get(scale);
  const stated = countryOf(region);
  if (country === undefined || stated === null || stated === country) return;
  throw refusal(place, `region ${quotable(region)} and scale ${scale}, which is of ${country}`, "a scale of that region (--scale), built in or your own file");
}

let byName: ReadonlyMap<string, string> | null = null;

function countriesByName(): ReadonlyMap<string, string> {
  return (byName ??= new Map(namedCountries()));
}

function* namedCountries(): Generator<readonly [name: string, country: string]> {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  for (const country of alphabet.flatMap((first) => alphabet.map((second) => first + second))) {
    const name = names.of(country);
    // Former codes have the name of the country that took the place.
    if (name !== undefined && new Intl.Locale(`und-${country}`).region === country) yield [lettersOf(name), country];
  }
}

function lettersOf(text: string): string {
  return text.replace(/%20|[^\p{L}]/gu, "").toUpperCase();
}
