import type { Markup } from "./html-markup.ts";

/**
 * The one script of the HTML report: sorts and filters the rows that are there, opens the row that a link points at, and all rows for the printer.
 *
 * Shape: holds no `<` and no `&`, so that it stands in a well-formed document as it is; adds its own controls, so that without it the document is whole.
 *        On paper every row stands, whatever is filtered on the screen (the style sheet sees to that).
 */
export const script: Markup = { markup: scriptText() };

/** By which the document's policy lets it run, and nothing else. Shape: SHA-256 of its text, base64. */
export const scriptSha256 = "hVfmJl8taC/keFwll8LymgoV0eynC27v5gj0unmYKwI=";

function scriptText(): string {
  return `
"use strict";
const made = (name, properties) => Object.assign(document.createElement(name), properties);
const textOf = (cell) => (cell.querySelector(".key") ?? cell).textContent.trim();

for (const table of document.querySelectorAll("table.listing")) {
  const groups = [...table.tBodies];
  if (groups.length === 1) continue;
  const headings = [...table.querySelectorAll(".headings th")];
  const cellOf = (group, column) => group.rows[0].cells[column];
  const tools = made("div", { className: "tools" });
  const said = made("span");
  said.setAttribute("role", "status");
  const labelled = (words, control) => {
    const label = made("label", { textContent: words + " " });
    label.append(control);
    tools.append(label);
    return control;
  };

  const chosen = [];
  const search = labelled("Only rows with the text", made("input", { type: "search" }));
  headings.forEach((heading, column) => {
    if (!heading.classList.contains("choice")) return;
    const values = [...new Set(groups.map((group) => textOf(cellOf(group, column))))].sort();
    if (values.length === 1) return;
    const select = labelled(heading.textContent, made("select"));
    select.append(made("option", { textContent: "all", value: "" }), ...values.map((value) => made("option", { textContent: value, value })));
    chosen.push({ select, column });
  });

  let texts = null;
  const filter = () => {
    texts ??= new Map(groups.map((group) => [group, group.textContent.toLowerCase()]));
    const wanted = search.value.toLowerCase();
    let shown = 0;
    for (const group of groups) {
      const fits = texts.get(group).includes(wanted) ? chosen.every(({ select, column }) => (select.value === "" ? true : textOf(cellOf(group, column)) === select.value)) : false;
      group.hidden = !fits;
      if (fits) shown += 1;
    }
    said.textContent = shown === groups.length ? "" : shown + " of " + groups.length + " rows of this table are shown; on paper all of them.";
  };
  tools.addEventListener("input", filter);

  const collator = new Intl.Collator(undefined, { numeric: true });
  headings.forEach((heading, column) => {
    const button = made("button", { type: "button", textContent: heading.textContent });
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const isNumber = heading.classList.contains("number");
      const keys = new Map(groups.map((group) => [group, isNumber ? Number(textOf(cellOf(group, column)).replaceAll(",", "")) : textOf(cellOf(group, column))]));
      const compared = (one, other) => (isNumber ? keys.get(one) - keys.get(other) : collator.compare(keys.get(one), keys.get(other)));
      table.append(...groups.sort((one, other) => (down ? compared(other, one) : compared(one, other))));
    });
  });
  tools.append(said);
  table.parentNode.before(tools);
}

const openTarget = () => {
  const details = document.getElementById(location.hash.slice(1))?.querySelector("tr.more details");
  if (details) details.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});
`;
}
