// What one code says of its page (docs/visible-seal.md, "The token").
import { fromBase45 } from "./base45.js";
import { Malformed, decodeCbor } from "./cbor.js";
import { isBytes, readSign1 } from "./cose.js";

export const PREFIX = "KS1:";
const OURS = /^KS[0-9]+:/;
const MINUTE = 60;
const LAST = 253_402_214_400; // the year 9999 in Japan

/** Whether a scanned code is a visible seal, of this form or of another. */
export function isOfASeal(text) {
  return OURS.test(text);
}

/** The statement of a code's text, with `signed` that is yet to be verified. `issuedAt` is in seconds, cut to the minute. Throws Malformed. */
export function readStatement(text) {
  const signed = readSign1(fromBase45(text.slice(PREFIX.length)));
  const claims = decodeCbor(signed.payload);
  if (!(claims instanceof Map) || claims.size !== 10) throw new Malformed();
  const [city, number, kind, issuedAt, place, digest, name, birth, persons, status] = Array.from(
    { length: 10 }, (_, index) => claims.get(index + 1),
  );
  const [page, pages] = pair(place);
  const [index, secret] = pair(status);
  const right =
    [city, number, kind, name, birth].every((value) => typeof value === "string") &&
    [issuedAt, page, pages, persons, index].every(isCount) &&
    page >= 1 && page <= pages && persons >= 1 && issuedAt % MINUTE === 0 && issuedAt <= LAST &&
    isBytes(digest) && digest.length === 16 && isBytes(secret) && secret.length === 8;
  if (!right) throw new Malformed();
  return { text, signed, city, number, kind, issuedAt, page, pages, digest, name, birth, persons, index, secret };
}

function pair(value) {
  if (!Array.isArray(value) || value.length !== 2) throw new Malformed();
  return value;
}

function isCount(value) {
  return Number.isInteger(value) && value >= 0;
}
