// Deterministic CBOR (RFC 8949, 4.2.1), as much of it as the seal uses: integers, bytes, text, arrays, maps, tags, null.

export class Malformed extends Error {}

/** The value of exactly these bytes. Maps come as Map, tags as {tag, value}. Throws Malformed for any other encoding. */
export function decodeCbor(bytes) {
  const reader = { bytes, at: 0 };
  const value = readItem(reader, 0);
  if (reader.at !== bytes.length) throw new Malformed();
  return value;
}

/** The Sig_structure of COSE_Sign1 (RFC 9052, 4.4) with nothing signed along. */
export function signedBytes(protectedHeader, payload) {
  const context = new TextEncoder().encode("Signature1");
  return joined([
    [0x84], [0x60 + context.length], context,
    head(2, protectedHeader.length), protectedHeader, [0x40], head(2, payload.length), payload,
  ]);
}

export function joined(parts) {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

const DEEPEST = 8;

function readItem(reader, depth) {
  const { major, info, count } = readHead(reader);
  if (depth > DEEPEST) throw new Malformed();
  switch (major) {
    case 0: return count;
    case 1: return -1 - count;
    case 2: return take(reader, count);
    case 3: return readText(take(reader, count));
    case 4: return readArray(reader, count, depth);
    case 5: return readMap(reader, count, depth);
    case 6: return { tag: count, value: readItem(reader, depth + 1) };
    default: if (info === 22) return null;
  }
  throw new Malformed();
}

function readHead(reader) {
  const [first] = take(reader, 1);
  const [major, info] = [first >> 5, first & 31];
  if (info < 24) return { major, info, count: info };
  if (info > 27 || major === 7) throw new Malformed();
  const count = take(reader, 1 << (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
  const shortest = [24, 256, 65536, 4294967296][info - 24];
  if (count < shortest || !Number.isSafeInteger(count)) throw new Malformed();
  return { major, info, count };
}

function readText(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Malformed();
  }
}

function readArray(reader, count, depth) {
  if (count > reader.bytes.length) throw new Malformed();
  return Array.from({ length: count }, () => readItem(reader, depth + 1));
}

function readMap(reader, count, depth) {
  const result = new Map();
  let before = null;
  for (let entry = 0; entry < count; entry += 1) {
    const start = reader.at;
    const key = readItem(reader, depth + 1);
    const encoded = reader.bytes.subarray(start, reader.at);
    if (before !== null && !comesBefore(before, encoded)) throw new Malformed();
    before = encoded;
    result.set(key, readItem(reader, depth + 1));
  }
  return result;
}

function comesBefore(one, other) {
  // Shorter first, then byte by byte: what the canonical encoder of the city writes (RFC 8949, 4.2.3); the same for our keys.
  if (one.length !== other.length) return one.length < other.length;
  const at = one.findIndex((byte, place) => byte !== other[place]);
  return at >= 0 && one[at] < other[at];
}

function take(reader, count) {
  if (count > reader.bytes.length - reader.at) throw new Malformed();
  reader.at += count;
  return reader.bytes.subarray(reader.at - count, reader.at);
}

function head(major, count) {
  if (count < 24) return [(major << 5) + count];
  if (count < 256) return [(major << 5) + 24, count];
  if (count < 65536) return [(major << 5) + 25, count >> 8, count & 255];
  return [(major << 5) + 26, (count >>> 24) & 255, (count >>> 16) & 255, (count >>> 8) & 255, count & 255];
}
