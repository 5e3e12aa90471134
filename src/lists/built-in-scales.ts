import type { Scale } from "../model.ts";

/** Category scales whose codes are public. Labels are neutral wordings of the published ones; a publisher whose scale is not public supplies its own as a file. */
export const builtInScales: readonly Scale[] = [
  {
    scale: "vic-us",
    version: "2.0",
    source: "Project VIC, United States categories of data model 2.0, as public readers (GLEAPP, IPED) and trade reviews state them",
    entries: [
      { code: "0", label: "Non-pertinent", disposition: "ignore" },
      { code: "1", label: "Child abuse material", disposition: "alert" },
      { code: "2", label: "Child exploitative, or age difficult to determine", disposition: "alert" },
      { code: "3", label: "Computer-generated or animated, child exploitative", disposition: "alert" },
      { code: "4", label: "Comparison image", disposition: "info" },
      { code: "5", label: "Uncategorized", disposition: "info" },
    ],
  },
  {
    scale: "dhs-autopsy",
    version: "1",
    source: "Autopsy, class DhsImageCategory (older numbering: 0 and 5 have the opposite sense of vic-us)",
    entries: [
      { code: "0", label: "Uncategorized", disposition: "info" },
      { code: "1", label: "Child exploitation, illegal", disposition: "alert" },
      { code: "2", label: "Child exploitation, not illegal or age difficult to determine", disposition: "alert" },
      { code: "3", label: "Computer-generated or animated, child exploitative", disposition: "alert" },
      { code: "4", label: "Exemplar or comparison, internal use", disposition: "info" },
      { code: "5", label: "Non-pertinent", disposition: "ignore" },
    ],
  },
  {
    scale: "uk-sentencing",
    version: "2014",
    source: "Sentencing Council (England and Wales), guideline in force since 1 April 2014; glossary of HMICFRS",
    entries: [
      { code: "A", label: "Category A: penetrative sexual activity, or sexual activity with an animal, or sadism", disposition: "alert" },
      { code: "B", label: "Category B: non-penetrative sexual activity", disposition: "alert" },
      { code: "C", label: "Category C: other indecent image", disposition: "alert" },
    ],
  },
  {
    scale: "interpol-baseline",
    version: "1",
    source: "INTERPOL, public description of the Baseline list and its criteria",
    entries: [
      { code: "Y", label: "Meets the Baseline criteria", disposition: "alert" },
      { code: "N", label: "Not stated to meet the Baseline criteria", disposition: "info" },
    ],
  },
  {
    scale: "ncmec-industry",
    version: "1",
    source: "NCMEC hash sharing, industry classification codes as its interface states them",
    entries: [
      { code: "A1", label: "Prepubescent minor, sexual act", disposition: "alert" },
      { code: "A2", label: "Prepubescent minor, lascivious exhibition", disposition: "alert" },
      { code: "B1", label: "Pubescent minor, sexual act", disposition: "alert" },
      { code: "B2", label: "Pubescent minor, lascivious exhibition", disposition: "alert" },
    ],
  },
  {
    scale: "arachnid",
    version: "1",
    source: "Canadian Centre for Child Protection, Arachnid Shield classifications as its public client libraries state them",
    entries: [
      { code: "csam", label: "Child sexual abuse material", disposition: "alert" },
      { code: "harmful-abusive-material", label: "Harmful or abusive material concerning a child", disposition: "alert" },
      { code: "no-known-match", label: "No known match", disposition: "ignore" },
    ],
  },
];
