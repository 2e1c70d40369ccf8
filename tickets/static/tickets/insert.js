// Puts a template's text into the composer, where it is read and changed before anybody sends it.
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("composer");
    const text = document.getElementById("composer-text");
    if (!form || !text) return;
    form.querySelectorAll("a[data-template]").forEach((link) =>
      link.addEventListener("click", async (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        const audience = form.querySelector("input[name=audience]:checked")?.value || "";
        const address = `${link.dataset.template}?audience=${encodeURIComponent(audience)}`;
        let answer;
        try {
          answer = await (await fetch(address, { headers: { "X-Requested-With": "fetch" } })).json();
        } catch {
          location.href = link.href;
          return;
        }
        link.closest("details").open = false;
        const error = document.getElementById("composer-error");
        error.textContent = answer.error || "";
        error.hidden = !answer.error;
        if (!answer.text) return;
        text.value = text.value.trim() ? `${text.value.trimEnd()}\n\n${answer.text}` : answer.text;
        // Said with the message, so that it is known which knowledge is used.
        const used = form.querySelector("input[name=template]");
        if (used) used.value = new URL(link.href).searchParams.get("template") || "";
        text.dispatchEvent(new Event("input", { bubbles: true }));
        text.focus();
      }),
    );
  });
})();
