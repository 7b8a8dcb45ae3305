// What a PDF of ours says beside its codes: its signature, and whether pages, codes and texts belong together.
import { Malformed } from "./cbor.js";
import { hex } from "./cose.js";
import { readSignature } from "./file_signature.js";
import { readOurPdf } from "./our_pdf.js";
import { pageDigest } from "./page_digest.js";
import { inForce } from "./published.js";
import { codesInDrawnImage } from "./sealed_pdf.js";
import { isOfASeal } from "./statement.js";
import { cannotTell, forged, judge, sameCertificate } from "./verdict.js";

const MINUTE = 60;

const SALT = /\/SealSalt\s*[<(]/;

/** Verdicts as `judge` gives them, of a PDF that is ours or was made of one; null for any other, which is looked at as a scan is. */
export async function judgeOurPdf(bytes, published, now) {
  const latin = new TextDecoder("latin1").decode(bytes);
  if (!SALT.test(latin) && !namesOurSigner(latin, published.documents)) return null;
  const signature = await readSignature(bytes, latin, published.documents);
  if (signature.state === "changed") return [forged("file_changed")];
  if (!SALT.test(latin)) return null;
  const file = await unlessMalformed(() => readOurPdf(bytes.subarray(0, signature.end), latin.slice(0, signature.end)));
  if (file === null) return [cannotTell("file_otherwise")];
  const codes = [];
  for (const page of file.pages) codes.push(page.code === null ? [] : (await codesInDrawnImage(page.code)).filter(isOfASeal));
  const texts = [...new Set(codes.flat())];
  if (texts.length === 0) return [cannotTell("no_code")];
  const judged = [];
  for (const text of texts) judged.push({ text, ...(await judge(text, published, now)) });
  if (judged.some((one) => !one.statement)) return judged;
  return [...judged, ...(await belongTogether(file, codes, judged)), ...ofSigner(signature, judged[0].statement)];
}

function namesOurSigner(latin, documents) {
  const digits = latin.includes("/ByteRange") ? latin.toLowerCase() : "";
  return documents.some(({ certificate }) => digits.includes(hex(certificate)));
}

async function belongTogether({ salt, pages }, codes, judged) {
  const [first] = judged;
  const inOrder = judged.every(({ statement }, at) => statement.page === at + 1 && statement.pages === pages.length);
  const isOne = judged.every((one) => sameCertificate(one.statement, first.statement));
  if (judged.length !== pages.length || codes.some((found) => found.length !== 1) || !inOrder || !isOne) return [forged("pages_disagree")];
  for (const [at, page] of pages.entries()) {
    const { statement } = judged[at];
    if ((await pageDigest(salt, statement.page, statement.pages, page.text)) !== hex(statement.digest)) return [forged("text_changed")];
  }
  return [];
}

function ofSigner({ state, document, added }, statement) {
  if (state === "unknown") return [{ ...cannotTell("signer_unknown"), statement }];
  const { issuedAt } = statement;
  if (state === "signed" && !inForce(document, issuedAt) && !inForce(document, issuedAt + MINUTE)) return [forged("key_not_in_force")];
  return added ? [{ ...cannotTell("file_added"), statement }] : [];
}

async function unlessMalformed(read) {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
