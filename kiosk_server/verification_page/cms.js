// The CMS signature of our files (PAdES baseline B-B, ETSI EN 319 142-1) in the one spelling in which the city writes it, so
// that no byte of it is free: it is made again from its parts, and must be the same.
import { joined } from "./cbor.js";
import { readCertificate } from "./certificate.js";
import { der, elementAt, elements, fromHex } from "./der.js";

const [SEQUENCE, SET, OCTETS, TAGGED, DIRECTORY_NAME] = [0x30, 0x31, 0x04, 0xa0, 0xa4];
const VERSION = fromHex("020101");
const SIGNED_DATA = fromHex("06092a864886f70d010702");
const SHA256 = fromHex("300d06096086480165030402010500");
const DETACHED = fromHex("300b06092a864886f70d010701");
const CONTENT_TYPE = fromHex("301806092a864886f70d010903310b06092a864886f70d010701");
const MESSAGE_DIGEST = fromHex("06092a864886f70d010904");
const SIGNING_CERTIFICATE = fromHex("060b2a864886f70d010910022f");
const ECDSA = fromHex("300a06082a8648ce3d040302");
const RSA = fromHex("300d06092a864886f70d01010b0500");

/** What is signed for a file with this digest under a published certificate: the attributes, as a SET. */
export async function signedAttributes(digest, certificate) {
  return der(SET, await attributes(digest, certificate));
}

/** The whole CMS of these parts. */
export async function writtenCms(digest, { certificate, chain }, signature) {
  const { issuer, serial, isElliptic } = readCertificate(certificate);
  const signer = der(
    SEQUENCE, VERSION, der(SEQUENCE, issuer, serial), SHA256, der(TAGGED, await attributes(digest, certificate)),
    isElliptic ? ECDSA : RSA, der(OCTETS, signature),
  );
  const certificates = der(TAGGED, ...[certificate, ...chain.filter((one) => !isRoot(one))].sort(byBytes));
  const data = der(SEQUENCE, VERSION, der(SET, SHA256), DETACHED, certificates, der(SET, signer));
  return der(SEQUENCE, SIGNED_DATA, der(TAGGED, data));
}

/** The signature value at the end of a CMS. Throws Malformed. */
export function signatureValue(cms) {
  let last = elementAt(cms, 0);
  while (last.tag !== OCTETS) last = elements(last.content).at(-1);
  return last.content;
}

async function attributes(digest, certificate) {
  const { issuer, serial } = readCertificate(certificate);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", certificate));
  const name = der(SEQUENCE, der(SEQUENCE, der(DIRECTORY_NAME, issuer)), serial);
  const identifier = der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, der(OCTETS, hash), name)));
  return joined([
    CONTENT_TYPE,
    der(SEQUENCE, MESSAGE_DIGEST, der(SET, der(OCTETS, digest))),
    der(SEQUENCE, SIGNING_CERTIFICATE, der(SET, identifier)),
  ].sort(byBytes));
}

function isRoot(certificate) {
  const { issuer, subject } = readCertificate(certificate);
  return byBytes(issuer, subject) === 0;
}

export function byBytes(one, other) {
  const at = one.findIndex((byte, place) => byte !== other[place]);
  if (at === -1) return one.length - other.length;
  return at < other.length ? one[at] - other[at] : 1;
}
