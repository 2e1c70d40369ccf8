// The page of a rule: its trigger, both builders, the sentence underneath, and trying it on what was.
(function () {
  "use strict";

  const R = window.clearwayRules;
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = $("#rule");
  if (!form) return;

  const editor = R.json($("#editor"));
  const hadErrors = Boolean($("[data-errors] .d-error"));
  let isDirty = false;
  let isLeaving = false;
  let timer = 0;
  let asked = 0;

  const changed = () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  };
  const conditions = new R.Conditions($("[data-conditions]", form), { changed });
  const { words } = conditions;
  const actions = new R.Actions($("[data-actions]", form), { declared: editor.actions, words, changed });

  // ---------------------------------------------------------------- when
  function setTrigger() {
    const trigger = form.elements.trigger.value;
    $$("[data-trigger]", form).forEach((part) => (part.hidden = part.dataset.trigger !== trigger));
    $("[data-calendar]", form).hidden = form.elements.hours_of.value !== "calendar";
    conditions.allow(editor.fieldsOf[trigger] || [], trigger === editor.eventTrigger);
    actions.allow(trigger);
  }
  $$("[name=trigger], [name=hours_of]", form).forEach((input) => input.addEventListener("change", setTrigger));
  $("[data-more-times]", form).addEventListener("click", (event) => {
    const inputs = $$("[name=at_times]", form);
    const fresh = inputs.at(-1).cloneNode();
    fresh.value = "";
    fresh.setAttribute("aria-label", inputs.at(-1).getAttribute("aria-label").replace(/\d+/, inputs.length + 1));
    event.currentTarget.before(fresh);
    fresh.focus();
  });

  // ---------------------------------------------------------------- in words
  async function ask() {
    const number = ++asked;
    try {
      const answer = await post(form.dataset.sentence);
      if (!answer.ok || number !== asked) return;
      show(await answer.json());
    } catch {
      // The sentence is a help; saving checks everything again.
    }
  }

  function show(found) {
    const bdi = (text) => R.h("bdi", {}, text);
    const always = $("[data-said=if]").dataset.always;
    $("[data-said=when]").textContent = found.when || "…";
    $("[data-said=if]").replaceChildren(bdi(found.if || always));
    $("[data-said=then]").replaceChildren(...(found.then.length ? found.then.map((one) => R.h("p", {}, bdi(one))) : ["…"]));
    $("#unfinished").hidden = !found.problems.conditions.length && !found.problems.actions.length;
    conditions.show(found.problems.conditions);
    actions.show(found.problems.actions);
    if (!hadErrors) return;
    $$("[data-errors]", form).forEach((place) => {
      const lines = found.problems.fields[place.dataset.errors] || [];
      place.replaceChildren(...lines.map((line) => R.h("p", { class: "d-error" }, line)));
    });
  }

  const post = (address, options = {}) =>
    fetch(address, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" }, ...options });

  // ---------------------------------------------------------------- trying
  const button = $("#try-button");
  const stop = $("#try-stop");
  const state = $("#try-state");
  const result = $("#try-result");
  let running = null;

  async function tryIt() {
    if (running) return;
    running = new AbortController();
    const began = Date.now();
    const tell = () => (state.textContent = R.fill(words.trying, Math.floor((Date.now() - began) / 1000)));
    const ticking = setInterval(tell, 1000);
    tell();
    result.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    stop.hidden = false;
    let said = "";
    try {
      const answer = await post(form.dataset.backtest, { signal: running.signal });
      if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
      result.innerHTML = await answer.text();
      form.elements.tried.value = $("[data-tried]", result)?.dataset.tried || form.elements.tried.value;
      said = ($(".r-summary b", result) || $("[role=alert] p", result))?.textContent || "";
    } catch (error) {
      said = error.name === "AbortError" ? words.stopped : words.failed;
    }
    clearInterval(ticking);
    running = null;
    const isShown = $(".r-summary b", result)?.textContent === said;
    state.textContent = isShown ? "" : said;
    $("#try-said").textContent = isShown ? said : "";
    result.removeAttribute("aria-busy");
    button.removeAttribute("aria-disabled");
    stop.hidden = true;
  }
  button.addEventListener("click", tryIt);
  stop.addEventListener("click", () => {
    running?.abort();
    button.focus();
  });

  // ---------------------------------------------------------------- leaving
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => (isLeaving = true));
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !isLeaving) event.preventDefault();
  });

  setTrigger();
  if (editor.problems.conditions) conditions.show(editor.problems.conditions);
  if (editor.problems.actions) actions.show(editor.problems.actions);
  $(".r-top")?.scrollIntoView({ block: "nearest" });
})();
