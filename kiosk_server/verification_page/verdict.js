// The verdict on one code, and on several together. There is none that says "this sheet is genuine".
import { Malformed } from "./cbor.js";
import { isSignedBy } from "./cose.js";
import { findKey, inForce, stateOf } from "./published.js";
import { PREFIX, readStatement } from "./statement.js";

const MINUTE = 60;
const SETTLING = 2 * MINUTE; // how long after its minute of issue a certificate may not yet be in a list
const CLOCK_SKEW = 5 * MINUTE;
const JAPAN = 9 * 3600;

/**
 * {verdict, reason, statement?, list?} for a code's text, as docs/visible-seal.md has it. `published` has city, keys, issuedAt,
 * and `list(month)`, which gives the verified status list of a month, or null. `now` is in seconds.
 */
export async function judge(text, published, now) {
  if (!text.startsWith(PREFIX)) return cannotTell("newer_form");
  const statement = unlessMalformed(() => readStatement(text));
  if (statement === null) return forged("code_malformed");
  return (await signatureFault(statement, published)) ?? { statement, ...(await status(statement, published, now)) };
}

/** One verdict for the pages shown together: the worst, or that they are not pages of one certificate. */
export function together(found) {
  const order = ["forged_or_altered", "void_or_replaced", "cannot_tell"];
  const worst = order.map((verdict) => found.find((one) => one.verdict === verdict)).find(Boolean);
  if (worst) return worst;
  const [first] = found;
  if (found.some((one) => !sameCertificate(one.statement, first.statement))) return cannotTell("several_sheets");
  const read = new Set(found.map((one) => one.statement.page));
  if (read.size !== found.length) return cannotTell("several_sheets");
  const missing = Array.from({ length: Math.min(first.statement.pages, 999) }, (_, index) => index + 1)
    .filter((page) => !read.has(page));
  return { ...first, read: [...read].sort((one, other) => one - other), missing };
}

/** The moment of issue as a Date whose UTC parts are those of Japan. */
export function inJapan(statement) {
  return new Date((statement.issuedAt + JAPAN) * 1000);
}

async function signatureFault(statement, published) {
  if (statement.city !== published.city) return cannotTell("no_keys");
  const key = findKey(published, "visible_seal", statement.signed.keyId);
  if (!key && statement.issuedAt > published.issuedAt) return cannotTell("keys_old");
  if (!key || !(await isSignedBy(statement.signed, key))) return forged("signature_wrong");
  // The code says the minute, a key may begin within it.
  const used = inForce(key, statement.issuedAt) || inForce(key, statement.issuedAt + MINUTE);
  return used ? null : forged("key_not_in_force");
}

async function status(statement, published, now) {
  const list = await published.list(inJapan(statement).toISOString().slice(0, 7));
  if (list === null) return cannotTell("no_list");
  if (now < list.issuedAt - CLOCK_SKEW || now >= list.expiresAt) return cannotTell("list_stale", list);
  // A list knows nothing of what was issued after it: what stands there is random.
  if (list.issuedAt < statement.issuedAt + SETTLING) return cannotTell("list_older", list);
  const state = await stateOf(list, statement);
  if (state === "issued") return { verdict: "genuine_statement", reason: "statement_issued", list };
  return { verdict: "void_or_replaced", reason: state, list };
}

export function sameCertificate(one, other) {
  return certificate(one) === certificate(other);
}

function certificate({ city, number, kind, issuedAt, pages, index, secret }) {
  return JSON.stringify([city, number, kind, issuedAt, pages, index, ...secret]);
}

function unlessMalformed(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

export function cannotTell(reason, list) {
  return { verdict: "cannot_tell", reason, list };
}

export function forged(reason) {
  return { verdict: "forged_or_altered", reason };
}
