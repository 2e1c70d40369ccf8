// A level's form shows only what belongs to whom it calls. Without this file everything is shown, and the rest emptied.
(function () {
  "use strict";

  const OWN = { person: "user", role: "role", team: "team", on_call: "rota" };
  const FIELDS = ["user", "role", "team", "rota"];

  function dress(select) {
    const prefix = select.name.slice(0, -"whom".length);
    const outside = select.value.startsWith("partner_");
    const show = (name, shown) => {
      const field = document.querySelector(`[name="${prefix}${name}"], [name="${prefix}${name}_0"]`);
      const box = field?.closest(`.field-${name}`) || field?.closest(".form-row");
      if (box) box.hidden = !shown;
    };
    FIELDS.forEach((name) => show(name, OWN[select.value] === name));
    show("by", !outside);
    show("template", outside);
    show("needs_approval", outside);
  }

  function dressAll() {
    document.querySelectorAll("select[name$='-whom']").forEach(dress);
  }

  // Heard at the document: a level that is added later is a copy, without what was tied to the original.
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[name$='-whom']")) dress(event.target);
  });

  document.addEventListener("DOMContentLoaded", dressAll);
  document.addEventListener("formset:added", () => setTimeout(dressAll));
})();
