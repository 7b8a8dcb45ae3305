// DER (X.690) as far as a certificate and the one spelling of our signatures need it.
import { Malformed, joined } from "./cbor.js";

/** An element with this tag and content. */
export function der(tag, ...parts) {
  const content = joined(parts);
  return joined([[tag], lengthOf(content.length), content]);
}

/** The elements that stand one after the other: {tag, content, whole}. Throws Malformed. */
export function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; at += found.at(-1).whole.length) found.push(elementAt(bytes, at));
  return found;
}

/** The element that begins at a place; what follows it is left alone. Throws Malformed. */
export function elementAt(bytes, at) {
  const sizes = bytes[at + 1] >= 0x80 ? bytes[at + 1] & 0x7f : 0;
  const begin = at + 2 + sizes;
  const length = sizes === 0 ? bytes[at + 1] : bytes.subarray(at + 2, begin).reduce((sum, byte) => sum * 256 + byte, 0);
  const whole = bytes.subarray(at, begin + length);
  if (sizes > 4 || !(begin + length <= bytes.length)) throw new Malformed();
  return { tag: bytes[at], content: bytes.subarray(begin, begin + length), whole };
}

/** Bytes written as hexadecimal digits. */
export function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function lengthOf(size) {
  if (size < 0x80) return [size];
  const bytes = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}
