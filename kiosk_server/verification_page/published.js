// What the city publishes: its keys with their dates, and the status list of each month (docs/visible-seal.md).
import { Malformed, decodeCbor, joined } from "./cbor.js";
import { readCertificate } from "./certificate.js";
import { hex, isBytes, isSignedBy, readSign1 } from "./cose.js";

const KEYS_TYPE = "application/vnd.kiosk.seal-keys+cbor";
const LIST_TYPE = "application/statuslist+cwt";
const CAPACITY = 1 << 18;
const STATES = { 0: "issued", 1: "void", 3: "replaced" };

/** The city, when the file was written, and its keys: times in seconds. Throws Malformed, also if a byte was changed. */
export async function readKeys(bytes) {
  const { signed, claims } = opened(bytes, KEYS_TYPE);
  const [city, issuedAt, entries] = [1, 2, 3].map((name) => claims.get(name));
  if (typeof city !== "string" || !Number.isInteger(issuedAt) || !Array.isArray(entries)) throw new Malformed();
  const keys = entries.map(readKey);
  const signer = findKey({ keys }, "seal_status", signed.keyId);
  if (!signer || !(await isSignedBy(signed, signer))) throw new Malformed();
  return { city, issuedAt, keys, documents: (claims.get(4) ?? []).map(readDocument) };
}

export function findKey(published, purpose, id) {
  return published.keys.find((key) => key.purpose === purpose && key.id === id);
}

/** The list of one month of this city, signed by a key of it that was in force. Throws Malformed. */
export async function readStatusList(bytes, published, month) {
  const { signed, claims } = opened(bytes, LIST_TYPE);
  const [subject, expiresAt, issuedAt, inside] = [2, 4, 6, 65533].map((name) => claims.get(name));
  const key = findKey(published, "seal_status", signed.keyId);
  const right = subject === `${published.city}/${month}` && Number.isInteger(issuedAt) && Number.isInteger(expiresAt) &&
    inside instanceof Map && inside.get("bits") === 8 && isBytes(inside.get("lst"));
  if (!right || !key || !inForce(key, issuedAt) || !(await isSignedBy(signed, key))) throw new Malformed();
  const entries = await inflated(inside.get("lst"), CAPACITY);
  if (entries.length !== CAPACITY) throw new Malformed();
  return { issuedAt, expiresAt, entries };
}

/** What a list says of a sheet: issued, void or replaced. */
export async function stateOf(list, { index, secret }) {
  if (index >= list.entries.length) return "void";
  const time = new DataView(new ArrayBuffer(8));
  time.setBigUint64(0, BigInt(list.issuedAt));
  const [mask] = new Uint8Array(await crypto.subtle.digest("SHA-256", joined([secret, new Uint8Array(time.buffer)])));
  return STATES[list.entries[index] ^ mask] ?? "void";
}

/** Whether a key might sign at an instant, in seconds. */
export function inForce(key, instant) {
  return key.since <= instant && (key.until === null || instant < key.until);
}

/** The bytes of a zlib stream, of which there are at most `most`. Throws Malformed. */
export async function inflated(bytes, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      if (length > most) throw new Malformed();
    }
  } catch {
    throw new Malformed();
  }
  return joined(parts);
}

function opened(bytes, type) {
  const signed = readSign1(bytes);
  const claims = decodeCbor(signed.payload);
  if (signed.type !== type || !(claims instanceof Map)) throw new Malformed();
  return { signed, claims };
}

/** A certificate that PDF files are signed under, with what a signature is checked with. */
function readDocument(entry) {
  if (!Array.isArray(entry) || entry.length !== 4) throw new Malformed();
  const [certificate, chain, since, until] = entry;
  if (!isBytes(certificate) || !Array.isArray(chain) || !chain.every(isBytes) || ![since, until].every(Number.isInteger)) throw new Malformed();
  return { ...readCertificate(certificate), certificate, chain, since, until };
}

function readKey(entry) {
  if (!Array.isArray(entry) || entry.length !== 6) throw new Malformed();
  const [purpose, id, x, y, since, until] = entry;
  if (![id, x, y].every(isBytes) || !Number.isInteger(since) || !(until === null || Number.isInteger(until))) throw new Malformed();
  return { purpose, id: hex(id), x, y, since, until };
}
