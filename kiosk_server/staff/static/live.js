"use strict";
// Renews the tables of the page from the events of the service. Without this file the page is reloaded by hand.
const page = document.getElementById("live");
const show = (state) => {
  for (const one of page.querySelectorAll("[data-live]")) one.hidden = one.dataset.live !== state;
};
const fill = (name, rows) => {
  const body = document.querySelector(`#live-${name} tbody`);
  const columns = [...document.querySelectorAll(`#live-${name} thead th`)];
  const drawn = rows.map((cells) => {
    const row = document.createElement("tr");
    cells.forEach((text, place) => {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = columns[place].className;
    });
    return row;
  });
  body.replaceChildren(...drawn);
  if (drawn.length === 0) {
    const cell = body.insertRow().insertCell();
    cell.colSpan = columns.length;
    cell.className = "none";
    cell.textContent = page.dataset.none;
  }
};
const events = new EventSource(page.dataset.events);
events.onmessage = (event) => {
  const said = JSON.parse(event.data);
  document.getElementById("live-at").textContent = said.at;
  for (const [name, rows] of Object.entries(said.tables)) fill(name, rows);
  show("on");
};
events.addEventListener("end", () => {
  events.close();
  show("over");
});
events.onerror = () => show("off");
