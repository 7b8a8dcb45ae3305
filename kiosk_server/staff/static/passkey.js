"use strict";
// Asks the browser to make a passkey or to sign with one; its answer is a field of the form. Without this file there are codes.
for (const form of document.querySelectorAll("[data-passkey]")) {
  const isNew = form.dataset.passkey === "create";
  const parse = globalThis.PublicKeyCredential?.[isNew ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"];
  const [failed, button] = [form.querySelector("[role=alert]"), form.querySelector("button")];
  if (parse === undefined) continue;
  form.querySelector("[data-without]").hidden = true;
  button.disabled = false;
  if (button.autofocus) button.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    try {
      const publicKey = parse.call(PublicKeyCredential, JSON.parse(form.dataset.options));
      const answer = await navigator.credentials[isNew ? "create" : "get"]({ publicKey });
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
