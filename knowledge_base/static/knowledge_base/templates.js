// The page of a template: placeholders go where the cursor stands, and the text is shown as a ticket's reader gets it.
(function () {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  function fields() {
    return $$("textarea[name^=texts-], input[name^=texts-][name$=-subject]").filter((field) => !field.name.includes("__prefix__"));
  }

  function setUpPalette() {
    let last = null;
    document.addEventListener("focusin", (event) => {
      if (fields().includes(event.target)) last = event.target;
    });
    $$(".kb-chip").forEach((chip) =>
      chip.addEventListener("click", () => {
        const field = last && last.isConnected ? last : fields().find((one) => one.tagName === "TEXTAREA");
        if (!field) return;
        field.focus();
        field.setRangeText(`{${chip.dataset.name}}`, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    );
  }

  function texts() {
    return fields()
      .filter((field) => field.tagName === "TEXTAREA")
      .map((field) => {
        const prefix = field.name.replace(/-text$/, "");
        return {
          language: $(`[name="${prefix}-language"]`)?.value.trim() || "",
          subject: $(`[name="${prefix}-subject"]`)?.value || "",
          text: field.value,
        };
      })
      .filter((one) => one.language && one.text);
  }

  function setUpPreview() {
    const box = $(".kb-preview");
    if (!box) return;
    const choice = $(".kb-language", box);
    const offer = () => {
      const chosen = choice.value;
      choice.replaceChildren(...texts().map((one) => new Option(one.language, one.language, false, one.language === chosen)));
    };
    const show = async () => {
      offer();
      const one = texts().find((text) => text.language === choice.value) || texts()[0];
      const reference = $(".kb-reference", box).value.trim();
      if (!one || !reference) return;
      const data = new FormData();
      data.append("csrfmiddlewaretoken", $("[name=csrfmiddlewaretoken]").value);
      data.append("reference", reference);
      data.append("audience", box.dataset.audience || $("[name=audience]")?.value || "customer");
      for (const [name, value] of Object.entries(one)) data.append(name, value);
      const response = await fetch(box.dataset.address, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
      const answer = (response.headers.get("Content-Type") || "").includes("json") ? await response.json() : { problems: [String(response.status)] };
      const problems = $(".kb-problems", box);
      problems.textContent = (answer.problems || []).join("\n");
      problems.hidden = !problems.textContent;
      $(".kb-subject", box).textContent = answer.subject || "";
      $(".kb-text", box).textContent = answer.text || "";
      $(".kb-text", box).lang = answer.language || "";
    };
    let waiting;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 600);
    };
    offer();
    $(".kb-show", box).addEventListener("click", show);
    choice.addEventListener("change", show);
    $(".kb-reference", box).addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // the form is not sent by it
      show();
    });
    document.addEventListener("input", (event) => {
      if (fields().includes(event.target) && $(".kb-reference", box).value.trim()) later();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpPalette();
    setUpPreview();
  });
})();
