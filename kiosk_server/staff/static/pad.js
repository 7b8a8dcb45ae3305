"use strict";
// Keys to touch, in their order or shuffled. The two fields work without this file.
const form = document.querySelector("[data-pad]");
if (form !== null) {
  const fields = [form.elements.pin, form.elements.again];
  const keys = form.querySelector("[data-keys]");
  const current = () => fields.find((field) => field.value.length < 4) ?? null;
  const key = (text, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", act);
    return button;
  };
  const type = (digit) => {
    const field = current();
    if (field !== null) field.value += digit;
    (current() ?? form.querySelector("button.go")).focus();
  };
  const erase = () => {
    const field = fields.toReversed().find((one) => one.value !== "");
    if (field !== undefined) field.value = field.value.slice(0, -1);
    fields[0].focus();
  };
  const draw = (digits) => {
    keys.replaceChildren(...digits.map((digit) => key(String(digit), () => type(digit))));
    const words = [key(keys.dataset.erase, erase), key(keys.dataset.shuffle, () => draw(shuffled()))];
    for (const word of words) word.className = "word";
    keys.append(...words);
  };
  const shuffled = () => {
    const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0];
    for (let place = digits.length - 1; place > 0; place -= 1) {
      // 2520 is a multiple of every number up to ten: no digit is likelier than another.
      const [chance] = crypto.getRandomValues(new Uint32Array(1));
      const other = Math.floor((chance % 2520) % (place + 1));
      [digits[place], digits[other]] = [digits[other], digits[place]];
    }
    return digits;
  };
  draw([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
  keys.hidden = false;
}
