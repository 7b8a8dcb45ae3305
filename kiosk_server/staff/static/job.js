"use strict";
// Follows a file while it is taken in. Without this file the page is reloaded by hand.
const job = document.getElementById("job");
const [bar, told] = [job.querySelector("progress"), job.querySelector("[data-told]")];
const events = new EventSource(job.dataset.events);
const show = (state) => {
  for (const one of job.querySelectorAll("[data-follow]")) one.hidden = one.dataset.follow !== state;
};
events.onmessage = (event) => {
  const said = JSON.parse(event.data);
  if (said.is_over) {
    events.close();
    location.reload();
    return;
  }
  told.textContent = said.told;
  if (said.total === null) bar.removeAttribute("value");
  else [bar.max, bar.value] = [said.total, said.done];
  show("on");
};
events.addEventListener("end", () => {
  events.close();
  show("over");
});
events.onerror = () => show("off");
