// What of a certificate (RFC 5280) a signature under it is made of, and whether its key signed something.
import { hex } from "./cose.js";
import { elementAt, elements, fromHex } from "./der.js";

const SHA256 = { hash: "SHA-256" };
const CURVES = { "06082a8648ce3d030107": ["P-256", 32], "06052b81040022": ["P-384", 48] };
const EC_KEY = "06072a8648ce3d0201";

/** Serial number, issuer, subject and key as they are encoded, and whether it is an elliptic key. Throws Malformed. */
export function readCertificate(bytes) {
  const [body] = elements(elementAt(bytes, 0).content);
  const parts = elements(body.content);
  const [serial, , issuer, , subject, key] = parts[0].tag === 0xa0 ? parts.slice(1) : parts;
  const algorithm = hex(elements(key.content)[0].content);
  return { serial: serial.whole, issuer: issuer.whole, subject: subject.whole, key: key.whole, algorithm, isElliptic: algorithm.startsWith(EC_KEY) };
}

/** Whether the key of a certificate as read made this signature (as CMS has it) of a message. */
export async function hasSigned({ key, algorithm, isElliptic }, signature, message) {
  if (!isElliptic) return verified(key, { name: "RSASSA-PKCS1-v1_5", ...SHA256 }, signature, message);
  const [namedCurve, size] = CURVES[algorithm.slice(EC_KEY.length)] ?? [];
  const plain = namedCurve && plainSignature(signature, size);
  return Boolean(plain) && verified(key, { name: "ECDSA", namedCurve, ...SHA256 }, plain, message);
}

async function verified(bytes, algorithm, signature, message) {
  const key = await crypto.subtle.importKey("spki", bytes, algorithm, false, ["verify"]).catch(() => null);
  return key !== null && crypto.subtle.verify(algorithm, key, signature, message);
}

/** The two numbers of an ECDSA-Sig-Value one after the other, as WebCrypto wants them. */
function plainSignature(signature, size) {
  const numbers = elements(elementAt(signature, 0).content).map((one) => hex(one.content).replace(/^(00)+/, ""));
  return numbers.length === 2 && fromHex(numbers.map((one) => one.padStart(2 * size, "0")).join(""));
}
