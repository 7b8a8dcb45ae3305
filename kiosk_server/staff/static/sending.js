"use strict";
// Sends a form with its file, and says how much of it has left and what became of it. Without this file the browser sends it by itself.
const form = document.querySelector("[data-most]");
const [go, sending, failed] = ["button.go", "[data-sending]", "[data-failed]"].map((one) => form.querySelector(one));
const [bar, told, stop] = ["progress", "[data-told]", "button"].map((one) => sending.querySelector(one));
const said = form.dataset;
const MEGABYTE = 1024 * 1024;
// The server gives a file two minutes, and waits for its turn and its end for less than half of one.
const LONGEST = 180_000;
let request = null;

const end = (text) => {
  request = null;
  [go.disabled, sending.hidden, failed.hidden] = [false, true, false];
  failed.textContent = text;
};
const show = ({ loaded, total }) => {
  [bar.max, bar.value] = [total, loaded];
  told.textContent = `${Math.floor(loaded / MEGABYTE)} / ${Math.ceil(total / MEGABYTE)} MB`;
};
const arrived = () => {
  bar.removeAttribute("value");
  told.textContent = said.arrived;
  stop.hidden = true;
};
const answered = ({ status, response, responseURL }) => {
  // What was refused is said here, with everything still in its field.
  if (status >= 400) return end(response?.querySelector("[role=alert]")?.textContent ?? said.broken);
  request = null;
  location.assign(responseURL);
};
const send = () => {
  request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.timeout = LONGEST;
  request.upload.onprogress = show;
  request.upload.onload = arrived;
  request.onload = () => answered(request);
  request.onerror = request.ontimeout = () => end(said.broken);
  request.onabort = () => end(said.stopped);
  show({ loaded: 0, total: form.elements.file.files[0].size });
  [go.disabled, sending.hidden, failed.hidden, stop.hidden] = [true, false, true, false];
  request.send(new FormData(form));
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (request !== null) return;
  if (form.elements.file.files[0].size > said.most) end(said.large);
  else send();
});
stop.addEventListener("click", () => request?.abort());
// Whoever leaves takes the rest of the file with them.
addEventListener("beforeunload", (event) => {
  if (request !== null) event.preventDefault();
});
