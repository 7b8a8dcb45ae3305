// Base45 (RFC 9285).
import { Malformed } from "./cbor.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** The bytes of a text. Throws Malformed for one that no encoder makes. */
export function fromBase45(text) {
  const bytes = [];
  for (let start = 0; start < text.length; start += 3) bytes.push(...piece(text.slice(start, start + 3)));
  return Uint8Array.from(bytes);
}

function piece(characters) {
  const values = [...characters].map((character) => ALPHABET.indexOf(character));
  const sum = values.reduceRight((rest, value) => rest * 45 + value, 0);
  const length = values.length - 1;
  if (length === 0 || values.includes(-1) || sum >= 256 ** length) throw new Malformed();
  return length === 1 ? [sum] : [sum >> 8, sum & 255];
}
