// COSE_Sign1 (RFC 9052, 4.2) with ES256, the signature checked by the browser's own WebCrypto.
import { Malformed, decodeCbor, joined, signedBytes } from "./cbor.js";

const [ALGORITHM, KEY_ID, TYPE] = [1, 4, 16];
const ES256 = -7;
const SIGN1 = 18;

/** A statement taken apart, nothing of it verified. Throws Malformed. */
export function readSign1(bytes) {
  const message = decodeCbor(bytes);
  const parts = message?.tag === SIGN1 ? message.value : null;
  if (!Array.isArray(parts) || parts.length !== 4) throw new Malformed();
  const [protectedHeader, unprotected, payload, signature] = parts;
  if (![protectedHeader, payload, signature].every(isBytes)) throw new Malformed();
  const headers = decodeCbor(protectedHeader);
  if (!(headers instanceof Map) || headers.get(ALGORITHM) !== ES256 || !isBytes(headers.get(KEY_ID))) throw new Malformed();
  if (!(unprotected instanceof Map) || unprotected.size !== 0 || signature.length !== 64) throw new Malformed();
  return { keyId: hex(headers.get(KEY_ID)), type: headers.get(TYPE), payload, signature, protectedHeader };
}

/** Whether the key with these coordinates signed it. */
export async function isSignedBy(signed, { x, y }) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const point = joined([[4], x, y]);
  const key = await crypto.subtle.importKey("raw", point, algorithm, false, ["verify"]).catch(() => null);
  const message = signedBytes(signed.protectedHeader, signed.payload);
  return key !== null && crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signed.signature, message);
}

export function isBytes(value) {
  return value instanceof Uint8Array;
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
