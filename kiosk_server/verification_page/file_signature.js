// The electronic signature of a PDF of ours: over all of the file but its own contents, by a certificate that the city published.
import { Malformed, joined } from "./cbor.js";
import { hasSigned } from "./certificate.js";
import { byBytes, signatureValue, signedAttributes, writtenCms } from "./cms.js";
import { elementAt, fromHex } from "./der.js";

const SIGNATURE = /\/SubFilter\/ETSI\.CAdES\.detached\/Contents (<[0-9a-f]+>)\/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]/;
const ADDED = /\/Type\/(?:DocTimeStamp|DSS)/;

/**
 * {state, document?, end}: "none", "changed", "unknown" (under no published certificate) or "signed" (under `document`).
 * `end` is where the signed file ends; `added` says that time-stamps or the like, which are not looked at, stand behind it.
 */
export async function readSignature(bytes, latin, documents) {
  const match = SIGNATURE.exec(latin);
  if (match === null) return { state: latin.includes("/ByteRange") ? "changed" : "none", end: bytes.length };
  const start = match.index + match[0].indexOf("<", match[0].indexOf("/Contents "));
  const [begin, after, rest] = match.slice(2).map(Number);
  const end = after + rest;
  if (/^<0+>$/.test(match[1])) return { state: "none", end: bytes.length };
  if (begin !== start || after !== start + match[1].length || end > bytes.length) return { state: "changed", end: bytes.length };
  const added = end < bytes.length;
  if (added && !ADDED.test(latin.slice(end))) return { state: "changed", end };
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", joined([bytes.subarray(0, begin), bytes.subarray(after, end)])));
  return { ...(await whose(fromHex(match[1].slice(1, -1)), digest, documents)), end, added };
}

async function whose(contents, digest, documents) {
  const cms = onlyCms(contents);
  if (cms === null) return { state: "changed" };
  for (const document of documents) {
    if (await isSigned(cms, digest, document)) return { state: "signed", document };
    if (contains(cms, document.certificate)) return { state: "changed" };
  }
  return { state: contains(cms, digest) ? "unknown" : "changed" };
}

/** The CMS, behind which nothing but zeros may stand. */
function onlyCms(contents) {
  try {
    const { whole } = elementAt(contents, 0);
    return contents.subarray(whole.length).some((byte) => byte !== 0) ? null : whole;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

async function isSigned(cms, digest, document) {
  try {
    const signature = signatureValue(cms);
    if (byBytes(await writtenCms(digest, document, signature), cms) !== 0) return false;
    return await hasSigned(document, signature, await signedAttributes(digest, document.certificate));
  } catch (error) {
    if (error instanceof Malformed || error instanceof TypeError) return false;
    throw error;
  }
}

function contains(bytes, part) {
  for (let at = bytes.indexOf(part[0]); at !== -1; at = bytes.indexOf(part[0], at + 1)) {
    if (part.every((byte, place) => bytes[at + place] === byte)) return true;
  }
  return false;
}
