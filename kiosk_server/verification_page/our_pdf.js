// A PDF as the city's own writer writes it (docs/visible-seal.md, "The page digest"): one table of objects, each where the one
// before ends. Any other file is not read here.
import { Malformed } from "./cbor.js";
import { fromHex } from "./der.js";
import { inflated } from "./published.js";

const ENTRY = 20;
const MOST_BYTES = 100_000_000;
const PAGE = /^<<\/Type\/Page\/Parent \d+ 0 R\/MediaBox\[[^\]]*\]\/Resources<<\/Font<<((?:\/F\d+ \d+ 0 R)+)>>(.*)>>\/Contents (\d+) 0 R/;
const RESOURCES = /^\/Pattern<<\/Ground (\d+) 0 R>>(?:\/XObject<<((?:\/\w+ \d+ 0 R)+)>>)?$/;
const SHOWN = /\/F(\d+) [\d.]+ Tf <([0-9A-F]+)> Tj/g;
const OPERAND = /\/\w+|<<|>>|-?[\d.]+/g;
// What our pages and their ground are drawn with, but for the texts as SHOWN has them: nothing that shows text otherwise.
const DRAWS = new Set("q Q cm w W m l re n f f* B* S cs scn g Do BDC EMC BT ET Tm".split(" "));
const MAPPED = /<([0-9A-F]{4})><([0-9A-F]+)>/g;

/** {salt, pages: [{text, code: {dictionary, content} or null}]}. Throws Malformed for a file that is not as we write it. */
export async function readOurPdf(bytes, latin) {
  const { objects, trailer } = tableOf(bytes, latin);
  const number = (pattern, text) => Number(matched(pattern, text)[1]);
  const salt = matched(/\/SealSalt<([0-9a-f]{32})>/, body(objects, number(/\/Info (\d+) 0 R/, trailer)))[1];
  const catalog = body(objects, number(/\/Root (\d+) 0 R/, trailer));
  const tree = body(objects, number(/^<<\/Type\/Catalog\/Pages (\d+) 0 R/, catalog));
  const [, kids] = matched(/^<<\/Type\/Pages\/Count \d+\/Kids\[((?:\d+ 0 R ?)+)\]>>$/, tree);
  const fonts = new Map();
  const pages = [];
  for (const kid of kids.matchAll(/(\d+) 0 R/g)) pages.push(await readPage(objects, body(objects, Number(kid[1])), fonts));
  return { salt, pages };
}

async function readPage(objects, page, known) {
  const [, fonts, resources, content] = matched(PAGE, page);
  const maps = {};
  for (const [, name, number] of fonts.matchAll(/\/F(\d+) (\d+) 0 R/g)) {
    if (!known.has(number)) known.set(number, await characters(objects, Number(number)));
    maps[name] = known.get(number);
  }
  const [, ground, named] = matched(RESOURCES, resources);
  await requireGround(objects, Number(ground));
  const images = Object.fromEntries([...(named ?? "").matchAll(/(\w+) (\d+) 0 R/g)].map(([, name, number]) => [name, stream(objects, Number(number))]));
  if (!Object.values(images).every(({ dictionary }) => dictionary.startsWith("<</Type/XObject/Subtype/Image/"))) throw new Malformed();
  const operators = latinOf(await streamOf(objects, Number(content)));
  requireDrawing(operators.replace(SHOWN, " "));
  const text = [...operators.matchAll(SHOWN)].map(([, font, codes]) => shown(maps[font], codes));
  return { text: text.join(""), code: images.SealCode ?? null };
}

/** The ground draws its rows, and these nothing further; none of them shows a text. */
async function requireGround(objects, number) {
  const rows = referencesOf(objects, number);
  if (rows.some((row) => referencesOf(objects, row).length > 0)) throw new Malformed();
  for (const part of [number, ...rows]) requireDrawing(latinOf(await streamOf(objects, part)));
}

function referencesOf(objects, number) {
  return [...stream(objects, number).dictionary.matchAll(/(\d+) 0 R/g)].map(([, found]) => Number(found));
}

function requireDrawing(operators) {
  const words = operators.replace(OPERAND, " ").split(/\s+/);
  if (!words.every((word) => word === "" || DRAWS.has(word))) throw new Malformed();
}

function shown(map, codes) {
  return codes.match(/.{4}/g).map((code) => map?.get(code) ?? "\ufffd").join("");
}

/** From codes to characters, by the font's ToUnicode map. */
async function characters(objects, number) {
  const map = latinOf(await streamOf(objects, Number(matched(/\/ToUnicode (\d+) 0 R/, body(objects, number))[1])));
  const utf16 = new TextDecoder("utf-16be");
  return new Map([...map.matchAll(MAPPED)].map(([, code, text]) => [code, utf16.decode(fromHex(text))]));
}

async function streamOf(objects, number) {
  const { dictionary, content } = stream(objects, number);
  return dictionary.includes("/FlateDecode") ? inflated(content, MOST_BYTES) : content;
}

function stream(objects, number) {
  const { latin, bytes } = object(objects, number);
  const [whole, dictionary, length] = matched(/^(<<.*?\/Length (\d+)[^]*?>>)\nstream\n/, latin.slice(0, 600));
  return { dictionary, content: bytes.subarray(whole.length, whole.length + Number(length)) };
}

function body(objects, number) {
  return object(objects, number).latin;
}

function object(objects, number) {
  const found = objects[number];
  if (!found) throw new Malformed();
  return found;
}

function tableOf(bytes, latin) {
  const start = Number(matched(/startxref\n(\d+)\n%%EOF\n$/, latin.slice(-64))[1]);
  const [head, count] = matched(/^xref\n0 (\d+)\n0000000000 65535 f \n/, latin.slice(start, start + 64));
  const first = start + head.length;
  const entries = Array.from({ length: Number(count) - 1 }, (_, at) => latin.slice(first + at * ENTRY, first + (at + 1) * ENTRY));
  const places = [...entries.map((entry) => Number(matched(/^(\d{10}) 00000 n \n$/, entry)[1])), start];
  const objects = entries.map((_, at) => bounded(bytes, latin, places[at], places[at + 1], at + 1));
  return { objects: [null, ...objects], trailer: latin.slice(first + entries.length * ENTRY) };
}

function bounded(bytes, latin, from, to, number) {
  const head = `${number} 0 obj\n`;
  const tail = "\nendobj\n";
  if (!latin.startsWith(head, from) || !latin.slice(from, to).endsWith(tail)) throw new Malformed();
  const [begin, end] = [from + head.length, to - tail.length];
  return { latin: latin.slice(begin, end), bytes: bytes.subarray(begin, end) };
}

function matched(pattern, text) {
  const match = pattern.exec(text);
  if (match === null) throw new Malformed();
  return match;
}

function latinOf(bytes) {
  return new TextDecoder("latin1").decode(bytes);
}
