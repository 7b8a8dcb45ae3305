"use strict";
// Tables sort by a click on a heading. Everything works without this file.
const numberOf = (text) => {
  const digits = text.replace(/[,円%\s]/g, "");
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
};

const compare = (one, other) => {
  const [a, b] = [numberOf(one), numberOf(other)];
  return a !== null && b !== null ? a - b : one.localeCompare(other, "ja");
};

const sortBy = (table, column, heading) => {
  const rising = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((one, other) => compare(one.cells[column].textContent.trim(), other.cells[column].textContent.trim()) * (rising ? 1 : -1));
  table.tBodies[0].append(...rows);
};

for (const table of document.querySelectorAll("table.sortable")) {
  if (table.tBodies[0].rows.length < 2) continue;
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, column, heading));
    heading.append(button);
  });
}
