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

// A password can be looked at while it is typed, and a new one says how far it is from a good length.
for (const field of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = field.dataset.show;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const isShown = field.type === "password";
    field.type = isShown ? "text" : "password";
    button.setAttribute("aria-pressed", String(isShown));
  });
  field.form.addEventListener("submit", () => (field.type = "password"));
  field.closest("label").after(button);
}
for (const label of document.querySelectorAll("[data-meter]")) {
  const [meter, field] = [label.querySelector("meter"), label.closest("form").elements[label.dataset.meter]];
  label.hidden = false;
  field.addEventListener("input", () => (meter.value = new Set(field.value).size + field.value.length));
}
