// A builder of conditions inside another form, with its sentence underneath.
(function () {
  "use strict";

  const R = window.clearwayRules;

  function setUp(root) {
    const says = root.querySelector("[data-says]");
    const form = root.closest("form");
    let timer = 0;
    let asked = 0;
    const ask = async () => {
      const number = ++asked;
      const body = new FormData();
      body.set("conditions", builder.store.value);
      body.set("csrfmiddlewaretoken", form?.querySelector("[name=csrfmiddlewaretoken]")?.value || "");
      try {
        const answer = await fetch(root.dataset.sentence, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok || number !== asked) return;
        const found = await answer.json();
        says.textContent = found.if;
        builder.show(found.problems.conditions);
      } catch {
        // The sentence is a help; without it the form still works.
      }
    };
    const builder = new R.Conditions(root, {
      changed: () => {
        clearTimeout(timer);
        timer = setTimeout(ask, 300);
        builder.store.dispatchEvent(new Event("change", { bubbles: true }));
      },
    });
    ask();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-conditions][data-sentence]").forEach(setUp));
})();
