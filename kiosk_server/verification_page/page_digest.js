// The salted digest of all that is printed on a page (docs/visible-seal.md, "The page digest").
import { joined } from "./cbor.js";
import { hex } from "./cose.js";
import { fromHex } from "./der.js";

const WHITE_SPACE = /[\t\n\v\f\r \u00a0\u3000]/g;
const DIGEST_BYTES = 16;

/** As hexadecimal digits; the salt is given so too. */
export async function pageDigest(salt, page, pages, text) {
  const encoder = new TextEncoder();
  const parts = [fromHex(salt), encoder.encode(`${page}/${pages}`), encoder.encode(text.replace(WHITE_SPACE, ""))];
  const whole = joined(parts.flatMap((part) => [lengthOf(part), part]));
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)).subarray(0, DIGEST_BYTES));
}

function lengthOf(part) {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(part.length));
  return new Uint8Array(length.buffer);
}
