import { Failure } from "../failure.ts";
import type { Scale } from "../model.ts";
import type { RecordView } from "../record/view.ts";
import { checkedTotals } from "./accounting.ts";
import { caseStatements } from "./case-statements.ts";
import { checkRows } from "./checked-rows.ts";
import type { ReportFormat, ReportOptions } from "./format.ts";
import { plainText } from "./plain-text.ts";
import { counted } from "./quantity.ts";
import { uuidsOf } from "./record-uuid.ts";
import { mediaTogether } from "./vics-copies.ts";
import type { Media } from "./vics-media.ts";
import { scaleOfDocument } from "./vics-scale.ts";

const preambles = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml";

/** What other programs take for the scale of `Category`. */
const regions: Readonly<Record<string, string>> = { "vic-us": "US" };

/**
 * A VICS-shaped case document (data model 2.0, `#Cases`) for programs that load such: one case, with one Media for each content (of files, or of pictures within them)
 * that matches a notable list, and a MediaFile for each place where it lies.
 *
 * Shape: JSON, one Media a line. `Category` and `IsPrecategorized` "true" only where the bytes match exactly, uncontradicted, and every such record that uses the
 *        document's scale gives the same code; that scale is the one of most such matches, and `CaseMetadata` names it, with how many are of others. A near match and one by MD5 alone have no Category and
 *        `IsSuspected` "true"; a contradicted one has neither. `Comments` hold what each match says. `RelativeFilePath` is blank, for no content is exported.
 *        `CaseMetadata` holds the answer, whether the scan is complete, what was not searched, lists and warnings. The totals count places.
 * Errors: Failure("usage") for a case without MD5, by which such programs tell media apart; Failure("record-damaged") when the record's rows and totals disagree.
 * Source: public readers and writers of the format; the specification itself is not public.
 */
export const vics: ReportFormat = { name: "vics", extension: "vics.json", rowsPerEntry: false, forPrograms: true, needsUnredacted: true, render };

function* render(record: RecordView, options: ReportOptions): Generator<string> {
  const { digests } = record.header.options;
  if (!digests.includes("md5")) throw new Failure("usage", `--format vics: found a case with the digests ${digests.join(", ")}, expected md5 among them (scan --digests md5)`);
  const totals = checkedTotals(record);
  const caseId = `{${uuidsOf(record)("case").toUpperCase()}}`;
  const { caseNumber, organisation, examiner } = record.header;
  const { scale, otherMatches } = scaleOfDocument(record);
  const region = regions[scale?.scale ?? ""] ?? "CUSTOM";
  const statements = [
    ...(scale === null ? [] : [{ subject: "category-scale", sentence: categorySentence(scale, otherMatches) }]),
    ...caseStatements(record, totals, options),
  ];
  yield `{"@odata.context":${JSON.stringify(`${preambles}/${region}/$metadata#Cases`)},"value":[{\n`;
  yield membersOf({ CaseID: caseId, CaseNumber: caseNumber, ContactOrganization: organisation ?? "", ContactName: examiner, SourceApplicationName: "blindmatch", SourceApplicationVersion: options.version });
  yield `"CaseMetadata":[\n${statements.map(({ subject, sentence }) => jsonOf({ CaseID: caseId, PropertyName: subject, PropertyValue: sentence })).join(",\n")}],\n`;
  yield `"Media":[`;
  let number = 0;
  let files = 0;
  let precategorized = 0;
  for (const media of mediaTogether(record, scale)) {
    yield `${number === 0 ? "" : ","}\n${jsonOf({ MediaID: ++number, ...media })}`;
    files += media.MediaFiles.length;
    if (media.IsPrecategorized === "true") precategorized += media.MediaFiles.length;
  }
  yield `],\n"TotalMediaFiles":${files},"TotalPrecategorized":${precategorized}}]}\n`;
  checkRows(record, totals);
}

function categorySentence({ scale, version }: Scale, otherMatches: number): string {
  if (otherMatches === 0) return `Category is a code of the scale ${scale} ${version}; codes of other scales are not written.`;
  const others = ` Lists of other scales have ${counted(otherMatches, "exact match", "exact matches")} besides: a file that only these match is suspected, without a category here.`;
  return `Category is a code of the scale ${scale} ${version}, which most exact matches are of; codes of other scales are not written.${others}`;
}

function membersOf(members: Readonly<Record<string, string>>): string {
  return Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)},\n`).join("");
}

function jsonOf(value: Media | string | Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "string" ? plainText(item) : item));
}
