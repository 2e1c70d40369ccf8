/* A dashboard's page: charts, menus that fetch what they offer, and figures that never grow old unsaid. */
"use strict";

(() => {
  const board = () => document.getElementById("board");
  const words = () => JSON.parse(document.getElementById("board-words").textContent);
  const LATE = 60;

  function age() {
    const chip = document.getElementById("fresh");
    if (!chip || !chip.dataset.at) return;
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(chip.dataset.at)) / 1000));
    const minutes = Math.floor(seconds / 60);
    const said = seconds < 60 ? words().ago.replace("%(seconds)s", seconds) : words().minutes.replace("%(minutes)s", minutes);
    chip.querySelector("[data-age]").textContent = `· ${said}`;
    chip.classList.toggle("red", seconds > 2 * LATE);
    chip.classList.toggle("amber", seconds > LATE && seconds <= 2 * LATE);
    chip.classList.toggle("green", seconds <= LATE);
  }

  function isBusy() {
    const at = document.activeElement;
    return document.hidden || document.querySelector("#board .d-menu[open]") || (at && at.closest && at.closest("#board form, #board .b-chart"));
  }

  let next = Date.now();
  async function refresh() {
    const wait = Number(board().dataset.refresh) * 1000;
    if (Date.now() < next + wait || isBusy()) return;
    next = Date.now();
    let answer;
    try {
      answer = await fetch(window.location.href, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    } catch { return; }
    if (!answer.ok || answer.redirected || isBusy()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("board");
    if (!fresh) return;
    const open = [...document.querySelectorAll(".b-as-table[open]")].map((one) => one.closest("section").getAttribute("aria-labelledby"));
    const focused = document.activeElement && document.activeElement.closest("#board") ? document.activeElement.getAttribute("href") : null;
    board().replaceWith(document.adoptNode(fresh));
    const chip = page.getElementById("fresh");
    if (chip) document.getElementById("fresh").replaceWith(document.adoptNode(chip));
    for (const name of open) {
      const details = document.querySelector(`[aria-labelledby="${name}"] .b-as-table`);
      if (details) details.open = true;
    }
    if (focused) {
      const again = [...board().querySelectorAll("a")].find((one) => one.getAttribute("href") === focused);
      if (again) again.focus({ preventScroll: true });
    }
    begin();
  }

  async function offer(menu) {
    if (menu.dataset.offered) return;
    menu.dataset.offered = "1";
    const query = new URLSearchParams(window.location.search);
    const cut = menu.dataset.cut;
    query.set("cut", cut);
    const answer = await fetch(`${board().dataset.parts}?${query}`, { credentials: "same-origin" });
    if (!answer.ok) { delete menu.dataset.offered; return; }
    const { parts } = await answer.json();
    const place = menu.querySelector("[data-options]");
    const kept = new Set([...place.querySelectorAll("input")].map((one) => one.value));
    for (const part of parts) {
      if (kept.has(part.value)) continue;
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.name = cut;
      box.value = part.value;
      label.append(box, ` ${part.label}`);
      place.append(label);
    }
    if (!place.children.length) {
      const none = document.createElement("span");
      none.className = "d-mute d-sm";
      none.textContent = words().noData;
      place.append(none);
    }
  }

  function begin() {
    window.boardCharts.all();
    board().querySelectorAll("[data-cut]").forEach((menu) => menu.addEventListener("toggle", () => menu.open && offer(menu)));
    board().querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
    board().querySelectorAll("[data-choice] select").forEach((select) => select.addEventListener("change", () => select.form.submit()));
    age();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("#board .d-menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("#board .d-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  let pending = 0;
  const redraw = () => { cancelAnimationFrame(pending); pending = requestAnimationFrame(window.boardCharts.all); };
  window.addEventListener("resize", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("b-printing");
    window.boardCharts.all();
  });
  window.addEventListener("afterprint", () => { document.documentElement.classList.remove("b-printing"); redraw(); });
  setInterval(age, 1000);
  setInterval(refresh, 5000);
  begin();
})();
