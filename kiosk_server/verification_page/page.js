// The page itself: its buttons, and what is done with what they bring.
import { scan } from "./camera.js";
import { judgeOurPdf } from "./file_verdict.js";
import { codesInPhoto, prepareReading } from "./reading.js";
import { codesInPdf, isPdf } from "./sealed_pdf.js";
import { show } from "./showing.js";
import { readPublished } from "./sources.js";
import { isOfASeal } from "./statement.js";
import { judge, together } from "./verdict.js";

const [verdict, video, camera, buttons] = ["verdict", "video", "camera", "buttons"].map((id) => document.getElementById(id));
const LARGEST_FILE = 100_000_000; // bytes
const files = document.getElementById("files");
let published = null;
let found = [];
let scanning = new AbortController();

start();

async function start() {
  if (!globalThis.crypto?.subtle || !globalThis.DecompressionStream) return cannotTell("no_crypto");
  try {
    [published] = await Promise.all([readPublished(), prepareReading()]);
  } catch {
    return cannotTell("broken_page");
  }
  document.getElementById("scan").addEventListener("click", () => useCamera());
  document.getElementById("stop").addEventListener("click", () => scanning.abort());
  document.getElementById("again").addEventListener("click", () => startAnew());
  verdict.addEventListener("click", (event) => event.target.closest("button") && useCamera());
  files.addEventListener("change", () => takeFiles());
  buttons.disabled = false;
  document.documentElement.dataset.ready = "yes";
}

async function useCamera() {
  scanning = new AbortController();
  const known = new Set(found.map((one) => one.text));
  buttons.disabled = true;
  camera.hidden = false;
  document.getElementById("stop").focus();
  try {
    await consider(await scan(video, (text) => isOfASeal(text) && !known.has(text), scanning.signal));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    cannotTell("no_camera");
  } finally {
    camera.hidden = true;
    buttons.disabled = false;
  }
}

async function takeFiles() {
  buttons.disabled = true;
  try {
    for (const file of files.files) await takeFile(file);
  } finally {
    files.value = "";
    buttons.disabled = false;
  }
}

async function takeFile(file) {
  if (file.size > LARGEST_FILE) return cannotTell("unreadable");
  const pdf = await isPdf(file);
  const whole = pdf ? await judgeOurPdf(new Uint8Array(await file.arrayBuffer()), published, Date.now() / 1000) : null;
  if (whole !== null) return take(whole);
  const texts = pdf ? await codesInPdf(file) : await codesInPhoto(file);
  if (texts === null) return cannotTell("unreadable");
  const ours = texts.filter(isOfASeal);
  if (ours.length > 0) return consider(ours);
  return cannotTell(texts.length > 0 ? "another_code" : pdf ? "no_code_in_pdf" : "no_code");
}

async function consider(texts) {
  const judged = [];
  for (const text of texts) judged.push({ text, ...(await judge(text, published, Date.now() / 1000)) });
  take(judged);
}

/** Add what is not known yet, and show one verdict for all. */
function take(judged) {
  found.push(...judged.filter((one) => !one.text || found.every((known) => known.text !== one.text)));
  if (found.length > 0) show(verdict, together(found));
  document.getElementById("again").hidden = found.length === 0;
}

/** What could not be read joins no certificate; something worse that was found before stays in sight. */
function cannotTell(reason) {
  show(verdict, together([...found, { verdict: "cannot_tell", reason }]));
}

function startAnew() {
  found = [];
  verdict.hidden = true;
  document.getElementById("again").hidden = true;
  document.getElementById("scan").focus();
}
