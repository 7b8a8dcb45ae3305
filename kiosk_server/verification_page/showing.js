// Puts a verdict on the page, in words and in large type.
import { inJapan } from "./verdict.js";
import { FACTS, KINDS, OTHER, REASONS, SIGNS, VERDICTS, completeWords, missingWords } from "./words.js";

const JAPANESE_DATE = { calendar: "japanese", era: "long", year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
const LIST_TIME = { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Tokyo" };

/** Shows one verdict in `place`, and moves the reader there. */
export function show(place, { verdict, reason, statement, list, read, missing }) {
  place.dataset.verdict = verdict;
  place.dataset.reason = reason;
  place.replaceChildren(
    heading(verdict),
    ...both("p", REASONS[reason], "reason"),
    ...(read ? pagesRead(statement.pages, missing) : []),
    ...(list ? both("p", asOf(list), "as-of") : []),
    ...(statement ? facts(verdict, statement, read) : []),
  );
  place.hidden = false;
  place.focus();
  place.scrollIntoView({ block: "start" });
}

/** Two elements: Japanese, and English. */
export function both(tag, [japanese, english], name = "") {
  return [element(tag, name, japanese, "ja"), element(tag, `${name} english`, english, "en")];
}

/** The date of issue as it is printed, and for those who do not read it. */
function issueDate(statement) {
  const date = inJapan(statement);
  return [date.toLocaleDateString("ja-JP", JAPANESE_DATE), date.toISOString().slice(0, 10)];
}

function heading(verdict) {
  const result = document.createElement("h2");
  const words = document.createElement("span");
  const sign = element("span", "sign", SIGNS[verdict], "ja");
  sign.setAttribute("aria-hidden", "true");
  words.append(...both("span", VERDICTS[verdict]));
  result.append(sign, words);
  return result;
}

function pagesRead(pages, missing) {
  if (missing.length === 0) return both("p", completeWords(pages), "complete");
  const next = document.createElement("button");
  next.type = "button";
  next.append(...both("span", OTHER.next_page));
  return [...both("p", missingWords(pages, missing), "missing"), next];
}

function facts(verdict, statement, read) {
  const list = document.createElement("dl");
  const { name, birth, persons, number, page, pages, kind } = statement;
  const values = {
    name: name.endsWith("…") ? [name, OTHER.short_name.join(" ")] : [name],
    birth: [birth],
    kind: KINDS[kind] ?? [kind],
    persons: [`${persons}人`],
    day: issueDate(statement),
    number: [number],
    page: [(read ?? [page]).map((one) => `${one}/${pages}`).join("、")],
  };
  for (const [fact, [value, note]] of Object.entries(values)) list.append(row(fact, value, note));
  return [...both("h3", OTHER[verdict]), list];
}

function row(fact, value, note) {
  const result = document.createElement("div");
  const term = document.createElement("dt");
  const description = element("dd", "", "", "ja");
  term.append(...both("span", FACTS[fact]));
  description.append(element("span", "value", value, "ja"), ...(note ? [element("span", "note", note, "en")] : []));
  description.dataset.fact = fact;
  result.append(term, description);
  return result;
}

function asOf(list) {
  const time = new Date(list.issuedAt * 1000);
  const [japanese, english] = OTHER.list_date;
  return [
    `${japanese}:${time.toLocaleString("ja-JP", LIST_TIME)}`,
    `${english} ${time.toLocaleString("en-GB", LIST_TIME)} (Japan)`,
  ];
}

function element(tag, name, text, language) {
  const result = document.createElement(tag);
  result.className = name.trim();
  result.lang = language;
  result.textContent = text;
  return result;
}
