"use strict";
// Tables sort by a click on a heading: rising, falling, as they came. This browser keeps which, under the table's name. Everything works without this file.
const words = document.currentScript.dataset;
const numberOf = (text) => {
  const digits = text.replace(/[,円%\s]/g, "");
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : null;
};

const compare = (one, other) => {
  const [a, b] = [numberOf(one), numberOf(other)];
  if (a !== null && b !== null) return a - b;
  // A dash among numbers comes behind them.
  if (a !== null || b !== null) return a !== null ? -1 : 1;
  return one.localeCompare(other, "ja");
};

const NEXT = { "": "ascending", ascending: "descending", descending: "" };
const keep = (name, kept) => {
  try {
    if (kept === "") localStorage.removeItem(name);
    else localStorage.setItem(name, kept);
  } catch {
    // A browser may keep nothing.
  }
};
const keptOf = (name, columns) => {
  try {
    // Of a table with other columns than then nothing is kept.
    const [, column, way] = new RegExp(`^([0-9]+) (ascending|descending) ${columns}$`).exec(localStorage.getItem(name)) ?? [];
    return column < columns ? [Number(column), way] : null;
  } catch {
    return null;
  }
};

const makeSortable = (table) => {
  const [body, headings, name] = [table.tBodies[0], [...table.tHead.rows[0].cells], `kiosk-order-${table.dataset.order}`];
  const asTheyCame = [...body.rows];
  const note = document.createElement("p");
  const sort = (column, way) => {
    for (const heading of headings) heading.removeAttribute("aria-sort");
    if (way !== "") headings[column].setAttribute("aria-sort", way);
    const textOf = (row) => row.cells[column].textContent.trim();
    const sign = { ascending: 1, descending: -1, "": 0 }[way];
    body.append(...[...asTheyCame].sort((one, other) => sign * compare(textOf(one), textOf(other))));
  };
  const choose = (column, way) => {
    note.remove();
    sort(column, way);
    keep(name, way && `${column} ${way} ${headings.length}`);
  };
  const buttonOf = (act, ...content) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...content);
    button.addEventListener("click", act);
    return button;
  };
  headings.forEach((heading, column) => {
    const next = () => choose(column, NEXT[heading.getAttribute("aria-sort") ?? ""]);
    heading.append(buttonOf(next, ...heading.childNodes));
  });
  const kept = keptOf(name, headings.length);
  if (kept === null) return;
  sort(...kept);
  // Whoever sits here now may be somebody else, who did not choose it.
  note.className = "hint acts";
  note.append(words.ordered, buttonOf(() => choose(kept[0], ""), words.unordered));
  (table.closest(".wide") ?? table).before(note);
};

for (const table of document.querySelectorAll("table[data-order]")) {
  if (table.tBodies[0].rows.length > 1) makeSortable(table);
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

// One box for all boxes of its column.
for (const heading of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...heading.closest("table").tBodies[0].querySelectorAll("input[type=checkbox]")];
  if (boxes.length === 0) continue;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", heading.dataset.tickAll);
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  for (const box of boxes) box.addEventListener("change", () => (all.checked = boxes.every((one) => one.checked)));
  heading.append(all);
}
