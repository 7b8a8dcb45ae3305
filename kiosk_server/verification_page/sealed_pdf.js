// Codes of a PDF as the city made it (one-bit images that stand in the file one by one) or as a copier scans (JPEG). A PDF
// that another program saved again may hide them; then nothing is found here, and nothing is said.
import { Malformed } from "./cbor.js";
import { inflated } from "./published.js";
import { codesIn, codesInPhoto } from "./reading.js";

const IMAGE = /<<(?:(?!>>)[\s\S]){0,400}?\/Subtype\s*\/Image(?:(?!>>)[\s\S]){0,400}?>>\s*stream\r?\n/g;
const LARGEST_SIDE = 1024; // pixels; ours have some 300
const MOST_IMAGES = 500;

export async function isPdf(file) {
  return latin(new Uint8Array(await file.slice(0, 5).arrayBuffer())) === "%PDF-";
}

/** The texts of the QR codes among the images of a PDF (Blob). */
export async function codesInPdf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const found = new Set();
  for (const match of [...latin(bytes).matchAll(IMAGE)].slice(0, MOST_IMAGES)) {
    const content = streamOf(match[0], bytes.subarray(match.index + match[0].length));
    for (const text of await codesInImage(match[0], content)) found.add(text);
  }
  return [...found];
}

function streamOf(dictionary, rest) {
  const length = entry(dictionary, "Length(?!\\s+\\d+\\s+R)");
  return rest.subarray(0, Number.isNaN(length) ? endOf(rest) : length);
}

/** Where a stream ends whose length stands elsewhere. */
function endOf(bytes) {
  const end = [..."endstream"].map((letter) => letter.charCodeAt(0));
  return bytes.findIndex((byte, at) => byte === end[0] && end.every((letter, place) => bytes[at + place] === letter));
}

/** The codes of an image as our own writer writes it. */
export async function codesInDrawnImage({ dictionary, content }) {
  const pixels = await picture(dictionary, content);
  return pixels === null ? [] : codesIn(pixels);
}

async function codesInImage(dictionary, content) {
  if (/\/DCTDecode/.test(dictionary)) return (await codesInPhoto(new Blob([content]))) ?? [];
  const pixels = await picture(dictionary, content);
  return pixels === null ? [] : codesIn(pixels);
}

async function picture(dictionary, content) {
  const [width, height, bits] = ["Width", "Height", "BitsPerComponent"].map((name) => entry(dictionary, name));
  if (bits !== 1 || !(width <= LARGEST_SIDE && height <= LARGEST_SIDE)) return null;
  const row = Math.ceil(width / 8);
  const packed = /\/Filter/.test(dictionary) ? await inflated(content, row * height).catch(nothingIfMalformed) : content;
  if (packed?.length !== row * height) return null;
  const pixels = new ImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const light = (packed[y * row + (x >> 3)] >> (7 - (x & 7))) & 1 ? 255 : 0;
    pixels.data.set([light, light, light, 255], at * 4);
  }
  return pixels;
}

function nothingIfMalformed(error) {
  if (error instanceof Malformed) return null;
  throw error;
}

function entry(dictionary, name) {
  return Number(new RegExp(`/${name}\\s+(\\d+)`).exec(dictionary)?.[1] ?? NaN);
}

function latin(bytes) {
  return new TextDecoder("latin1").decode(bytes);
}
