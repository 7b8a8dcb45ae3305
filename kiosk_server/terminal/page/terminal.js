// Keeps the page at the step the machine is at, types digits, counts down, and reminds of the card. It keeps nothing.
"use strict";

const root = document.documentElement;
const turn = Number(root.dataset.turn);
const countdown = document.getElementById("countdown");
const WARN_SECONDS = 20;
const ASK_MILLISECONDS = 350;
const LOST_AFTER = 6;
const SPARE_TOUCHES = 4000;
let misses = 0;
let touchedAt = 0;

async function look() {
  try {
    const answer = await fetch("/now", { cache: "no-store" });
    const now = await answer.json();
    // A machine that was started again counts its turns anew, and may be at ours.
    const wasLost = misses >= LOST_AFTER;
    misses = 0;
    if (wasLost || now.turn !== turn) {
      location.replace("/");
      return;
    }
    count(now.left);
  } catch {
    misses += 1;
    if (misses >= LOST_AFTER) lost();
  }
  setTimeout(look, ASK_MILLISECONDS);
}

function count(left) {
  const show = left !== null && left <= WARN_SECONDS;
  if (show) countdown.querySelector("b").textContent = String(Math.ceil(left));
  if (countdown.hidden !== show) return;
  countdown.hidden = !show;
  if (show) say([countdown.querySelector("p")]);
}

function lost() {
  // The machine behind the page is gone: nothing of a person stays on the screen.
  document.getElementById("main").replaceChildren();
  for (const part of document.querySelectorAll("header, footer, aside")) part.remove();
  document.getElementById("gone").hidden = false;
  say([document.getElementById("gone")]);
}

function touched() {
  if (Date.now() - touchedAt < SPARE_TOUCHES && countdown.hidden) return;
  touchedAt = Date.now();
  fetch("/stay", { method: "POST" }).catch(() => {});
}

function pad() {
  const pin = document.getElementById("pin");
  if (!pin) return;
  const dots = document.querySelectorAll("#typed i");
  const said = document.querySelector("[data-said]");
  const go = pin.form.querySelector(".go");
  const told = () => {
    pin.value = pin.value.replace(/[^0-9]/g, "").slice(0, 4);
    go.disabled = pin.value.length < 4;
    dots.forEach((dot, n) => dot.classList.toggle("on", n < pin.value.length));
    said.textContent = said.dataset.said.replace("0", String(pin.value.length));
  };
  pin.addEventListener("input", told);
  for (const key of document.querySelectorAll("[data-digit]")) {
    key.addEventListener("click", () => {
      pin.value += key.dataset.digit;
      told();
    });
  }
  document.querySelector("[data-erase]").addEventListener("click", () => {
    pin.value = pin.value.slice(0, -1);
    told();
  });
  pin.form.addEventListener("submit", () => setTimeout(() => (pin.value = "")));
}

function keyboard() {
  const typed = document.querySelector(".typing input[data-focus]");
  if (!typed) return;
  const keys = [...document.querySelectorAll("[data-key]")];
  const shift = document.querySelector("[data-shift]");
  for (const key of keys) {
    key.addEventListener("click", () => {
      const said = shift?.getAttribute("aria-pressed") === "true" ? key.dataset.key.toUpperCase() : key.dataset.key;
      typed.value = joined(typed.value, said).slice(0, typed.maxLength);
    });
  }
  shift?.addEventListener("click", () => {
    const big = shift.getAttribute("aria-pressed") !== "true";
    shift.setAttribute("aria-pressed", String(big));
    for (const key of keys) key.textContent = big ? key.dataset.key.toUpperCase() : key.dataset.key;
  });
  document.querySelector("[data-back]").addEventListener("click", () => {
    typed.value = typed.value.slice(0, -1);
  });
  typed.form.addEventListener("submit", () => setTimeout(() => (typed.value = "")));
}

// A voicing mark belongs to the kana before it, and to no other letter.
function joined(before, key) {
  const mark = { "゛": "\u3099", "゜": "\u309a" }[key];
  if (!mark) return before + key;
  const voiced = (before + mark).normalize("NFC");
  return voiced.length === before.length ? voiced : before;
}

function alarm() {
  if (!document.querySelector("[data-alarm]")) return;
  const audio = new AudioContext();
  const beep = () => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 880;
    volume.gain.value = 0.2;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
    root.dataset.beeps = String(Number(root.dataset.beeps || 0) + 1);
  };
  beep();
  setInterval(beep, 1500);
}

// Only a voice of this machine, so that what is said goes nowhere; where there is none, no button shows.
function voice() {
  const here = window.speechSynthesis?.getVoices().filter((one) => one.localService) ?? [];
  const of = (tag) => here.find((one) => tagOf(one).startsWith(tag));
  return root.dataset.voices.split(" ").map(of).find((one) => one);
}

function tagOf(one) {
  return one.lang.toLowerCase().replaceAll("_", "-");
}

function say(parts) {
  const speaker = voice();
  if (!speaker || !root.classList.contains("speech")) return;
  for (const part of parts) {
    const copy = part.cloneNode(true);
    for (const ruby of copy.querySelectorAll("ruby")) ruby.replaceWith(ruby.querySelector("rt").textContent);
    const words = new SpeechSynthesisUtterance(copy.textContent.trim());
    words.voice = speaker;
    words.lang = speaker.lang;
    window.speechSynthesis.speak(words);
  }
}

// Headings, what to do and refusals: nothing of these templates is about a person. Names, choices and digits stand elsewhere.
function speech() {
  const button = document.querySelector("[value=speech]");
  const begin = () => {
    if (!button.hidden || !voice()) return;
    button.hidden = false;
    window.speechSynthesis.cancel();
    say(document.querySelectorAll(":is(h1, main .lead, main .next):not([data-unsaid])"));
  };
  window.speechSynthesis?.addEventListener("voiceschanged", begin);
  begin();
}

function once() {
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (root.dataset.sent) event.preventDefault();
      root.dataset.sent = "1";
    });
  }
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace("/");
});
document.addEventListener("pointerdown", touched);
document.addEventListener("keydown", touched);
document.addEventListener("contextmenu", (event) => event.preventDefault());
countdown.querySelector("button").addEventListener("click", touched);
once();
pad();
keyboard();
alarm();
speech();
(document.querySelector("[data-focus]") ?? document.querySelector("h1")).focus();
look();
