"use strict";
// The clerk's page follows what happens on the resident's screen. Without this file it is asked by its link.
const watched = document.querySelector("[data-watch]");
const ask = async () => {
  const answer = await fetch(watched.dataset.watch, { cache: "no-store" });
  if (!answer.ok) return;
  const { state } = await answer.json();
  if (state !== watched.dataset.state) location.reload();
};
if (watched !== null && ["waiting", "paired"].includes(watched.dataset.state)) setInterval(() => void ask().catch(() => {}), 1500);
