// Where keys, status lists and the QR reader come from: out of this very file, or from beside it on the city's web site.
import { Malformed } from "./cbor.js";
import { readKeys, readStatusList } from "./published.js";

/** The published keys, with `list(month)` as `judge` wants it: null for a list that is missing or damaged. Throws Malformed. */
export async function readPublished() {
  const inside = embedded("published");
  const files = inside === null ? null : JSON.parse(inside);
  const keysFile = files === null ? await fetched("../keys.cose") : fromBase64(files.keys);
  if (keysFile === null) throw new Malformed();
  const published = await readKeys(keysFile);
  const list = async (month) => {
    const file = files === null ? await fetched(`../status/${month}.cose`) : fromBase64(files.lists[month]);
    return file && readStatusList(file, published, month).catch(nothingIfMalformed);
  };
  return { ...published, list };
}

/** The bytes of the QR reader's program. */
export async function readReader() {
  const inside = embedded("qr-reader");
  return inside === null ? fetched("zxing_reader.wasm") : fromBase64(inside);
}

function nothingIfMalformed(error) {
  if (error instanceof Malformed) return null;
  throw error;
}

function embedded(id) {
  return document.getElementById(id)?.textContent ?? null;
}

async function fetched(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "omit" }).catch(() => null);
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

function fromBase64(text) {
  return text ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)) : null;
}
