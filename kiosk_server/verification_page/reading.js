// Finds QR codes in pictures, with ZXing (vendor/zxing-wasm).
/* global ZXingWASM */
import { readReader } from "./sources.js";

const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 16 };
const MOST_PIXELS = 60_000_000;
/** How a picture is enlarged: ZXing finds a blurred code of three pixels a module at twice the size, a noisy one at less. */
const SCALES = [1, 2, 1.5, 3, 0.5];

/** Makes the reader ready, without a network. */
export async function prepareReading() {
  const wasmBinary = (await readReader()).buffer;
  await ZXingWASM.prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
}

/** The texts of the QR codes in pixels (ImageData), in no order. */
export async function codesIn(pixels) {
  const results = await ZXingWASM.readBarcodes(pixels, OPTIONS);
  return results.filter((result) => result.isValid).map((result) => result.text);
}

/** The texts of the QR codes in a photo or scan (Blob); null if the browser cannot open it. */
export async function codesInPhoto(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null || picture.width * picture.height > MOST_PIXELS) return null;
  const found = new Set();
  for (const scale of SCALES.filter((one) => one <= 1 || picture.width * picture.height * one * one <= MOST_PIXELS)) {
    for (const text of await codesIn(pixelsOf(picture, picture.width, picture.height, scale))) found.add(text);
    if (found.size > 0) break;
  }
  picture.close();
  return [...found];
}

/** The pixels of a picture or a video, enlarged. */
export function pixelsOf(source, width, height, scale = 1) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // A picture may be transparent where the paper is.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
