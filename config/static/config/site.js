// Runs before Unfold's own scripts: the first visit starts with a narrow side bar, the work needs the width.
(function () {
  "use strict";
  try {
    if (localStorage.getItem("sidebarWidth") === null) {
      localStorage.setItem("sidebarWidth", "224");
    }
  } catch {
    // Storage may be switched off; Unfold then uses its own width.
  }

  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // What Unfold made for the mouse alone: the keyboard reaches it too, and it says what it is.
  function pressable(element, label) {
    if (!element) return;
    element.setAttribute("role", "button");
    element.tabIndex = 0;
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("keydown", (event) => {
      if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      element.click();
    });
  }

  function nameTheParts() {
    const words = document.querySelector(".site-skip")?.dataset;
    if (!words) return;
    const main = document.getElementById("main");
    main?.setAttribute("role", "main");
    main?.setAttribute("aria-label", words.main);
    document.getElementById("content")?.setAttribute("tabindex", "-1");
    const navigation = document.getElementById("nav-sidebar-inner");
    $$("span.material-symbols-outlined[x-on\\:click='sidebarToggle()']").forEach((icon) => pressable(icon, words.toggle));
    if (!navigation) return;
    const menu = navigation.querySelector("nav");
    menu?.setAttribute("aria-label", words.account);
    const account = menu?.nextElementSibling;
    pressable(account);
    account?.setAttribute("title", words.account);
    account?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      setTimeout(() => menu.querySelector("[tabindex], a, button")?.focus(), 50); // once it is shown
    });
    $$("a[x-on\\:click]:not([href])", navigation).forEach((choice) =>
      pressable(choice, choice.lastElementChild?.textContent.trim()),
    );
    menu?.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      account.click();
      account.focus();
    });
  }

  // Fields without a name: searchable selects have that of their label, cells of a table that of their column.
  function nameTheFields() {
    $$("select.select2-hidden-accessible").forEach((select) => {
      const label = select.labels?.[0]?.firstChild?.textContent.trim();
      const box = select.nextElementSibling?.querySelector(".select2-selection");
      if (label && box) [box, ...$$("[role=textbox]", box)].forEach((part) => part.setAttribute("aria-label", label));
    });
    $$(".select2-selection[aria-label] .select2-search__field").forEach((field) => {
      field.setAttribute("aria-label", field.closest(".select2-selection").getAttribute("aria-label"));
    });
    $$(".help-tooltip[aria-label]:not([role])").forEach((tooltip) => tooltip.setAttribute("role", "img"));
    $$("table td").forEach((cell) => {
      const column = cell.closest("table").querySelectorAll("thead th")[cell.cellIndex]?.textContent.trim();
      if (!column) return;
      $$("input:not([type=hidden]), select, textarea", cell).forEach((field) => {
        if (!field.labels?.length && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", column);
      });
    });
  }

  document.addEventListener("DOMContentLoaded", nameTheParts);
  // Other scripts dress the fields in a turn of their own: come after them.
  window.addEventListener("load", () => setTimeout(nameTheFields));
  document.addEventListener("formset:added", () => setTimeout(nameTheFields));
})();
