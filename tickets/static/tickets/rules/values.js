// The fields in which the value of a condition is written: one for each type.
(function () {
  "use strict";

  const R = window.clearwayRules;
  const { h } = R;
  const MOST_BOXES = 16;
  const UNITS = [
    ["days", 86400],
    ["hours", 3600],
    ["minutes", 60],
  ];
  const same = (one, other) => String(one) === String(other);

  // context: {words, lists, names, find, europeanUnion}; set(value) stores what was written.
  R.valueField = function (field, takes, value, set, context, { label, of, emptyToo = false } = {}) {
    const shared = { field, set, context, words: context.words, label: label || context.words.value, of, emptyToo };
    if (takes === "nothing") return h("span", { class: "r-none" });
    if (takes === "two") return two(shared, value);
    return takes === "several" ? several(shared, value) : one(shared, value);
  };

  function choicesOf({ field, context, words, emptyToo }) {
    const listed = field.options || (field.list ? context.lists[field.list] : null);
    return listed && emptyToo && field.mayBeEmpty ? [[null, words.nothing], ...listed] : listed;
  }

  // ---------------------------------------------------------------- one value
  function one(shared, value) {
    const { field, set, words, label, of } = shared;
    const attributes = { "aria-label": label, "data-for": of, "data-tool": "value" };
    const choices = choicesOf(shared);
    if (choices) {
      const known = value === undefined || value === null || choices.some(([key]) => same(key, value));
      const listed = known ? choices : [...choices, [value, `#${value}`]];
      const choose = (event) => {
        const found = listed.find(([key]) => same(key, event.target.value));
        set(found ? found[0] : undefined);
      };
      return R.select({ ...attributes, onchange: choose }, [{ options: listed }], value, words.choose);
    }
    if (field.type === "duration") return duration(shared, value);
    if (field.type === "number") {
      const write = (event) => set(event.target.value === "" ? undefined : Math.trunc(Number(event.target.value)));
      return h("input", { ...attributes, type: "number", min: 0, step: 1, value: value ?? "", oninput: write });
    }
    if (shared.context.find[field.type]) return finder(shared, value === undefined ? [] : [value], true);
    const list = suggestions(shared);
    const write = (event) => set(event.target.value.trim() || undefined);
    const input = h("input", { ...attributes, type: "text", maxlength: 200, value: value ?? "", oninput: write, list: list?.id });
    return list ? h("span", { class: "r-with" }, input, list) : input;
  }

  function duration({ set, words, label, of }, value) {
    const [unit, size] = UNITS.find(([, seconds]) => value && value % seconds === 0) || ["hours", 3600];
    const amount = h("input", {
      type: "number", min: 0, step: 1, "aria-label": label, "data-for": of, "data-tool": "value",
      value: value === undefined || value === null ? "" : value / size,
    });
    const units = [...UNITS].reverse().map(([name]) => [name, words[name]]);
    const choice = R.select({ "aria-label": words.unit }, [{ options: units }], unit);
    const write = () => {
      const seconds = UNITS.find(([name]) => name === choice.value)[1];
      set(amount.value === "" ? undefined : Math.round(Number(amount.value) * seconds));
    };
    amount.addEventListener("input", write);
    choice.addEventListener("change", write);
    return h("span", { class: "r-with" }, amount, choice);
  }

  function two({ set, words, label, of }, value) {
    const values = Array.isArray(value) ? [...value] : [undefined, undefined];
    const input = (place, said) =>
      h("input", {
        type: "number", min: 0, step: 1, value: values[place] ?? "", "aria-label": said,
        "data-for": of, "data-tool": place === 0 ? "value" : null,
        oninput: (event) => {
          values[place] = event.target.value === "" ? null : Math.trunc(Number(event.target.value));
          set([...values]);
        },
      });
    return h("span", { class: "r-with", role: "group", "aria-label": label }, input(0, words.valueFrom), h("span", {}, words.and), input(1, words.valueTo));
  }

  // ---------------------------------------------------------------- several values
  function several(shared, value) {
    const { field, context } = shared;
    const chosen = Array.isArray(value) ? [...value] : [];
    const choices = choicesOf(shared);
    if (choices && choices.length <= MOST_BOXES) return boxes(shared, chosen, choices);
    if (choices) return picker(shared, chosen, choices);
    if (field.type === "lane") return lanes(shared, chosen);
    if (context.find[field.type]) return finder(shared, chosen, false);
    return picker(shared, chosen, null);
  }

  function boxes({ set, label, of }, chosen, choices) {
    const missing = chosen.filter((value) => !choices.some(([key]) => same(key, value)));
    const listed = [...choices, ...missing.map((value) => [value, `#${value}`])];
    const write = (event) => {
      const key = listed[Number(event.target.dataset.place)][0];
      const place = chosen.findIndex((value) => same(value, key));
      if (event.target.checked && place < 0) chosen.push(key);
      if (!event.target.checked && place >= 0) chosen.splice(place, 1);
      set([...chosen]);
    };
    return h(
      "span",
      { class: "r-boxes", role: "group", "aria-label": label },
      listed.map(([key, text], place) =>
        h("label", { class: "r-box" },
          h("input", {
            type: "checkbox", "data-place": place, checked: chosen.some((value) => same(value, key)), onchange: write,
            "data-for": of, "data-tool": place === 0 ? "value" : null,
          }),
          h("span", {}, text)),
      ),
    );
  }

  // Values as chips, each with a button that takes it out.
  function chips({ set, words }, chosen, nameOf, after) {
    const list = h("span", { class: "r-chips", role: "list" });
    const draw = () => {
      list.replaceChildren(
        ...chosen.map((value, place) => {
          const remove = () => {
            chosen.splice(place, 1);
            set([...chosen]);
            draw();
            after().focus();
          };
          const name = nameOf(value);
          return h("span", { class: "r-chip", role: "listitem" }, h("bdi", {}, name),
            h("button", { type: "button", "aria-label": R.fill(words.takeOut, name), onclick: remove }, "×"));
        }),
      );
      list.hidden = chosen.length === 0;
    };
    const add = (...values) => {
      const fresh = values.filter((value) => !chosen.some((known) => same(known, value)));
      if (!fresh.length) return;
      chosen.push(...fresh);
      set([...chosen]);
      draw();
    };
    draw();
    return { list, add, draw };
  }

  function picker(shared, chosen, choices) {
    const { field, words, label, of, context } = shared;
    const nameOf = (value) => {
      const found = (choices || []).find(([key]) => same(key, value));
      return found ? found[1] : String(value);
    };
    const list = choices ? dataList(choices.map(([, text]) => text)) : suggestions(shared);
    const said = h("span", { class: "r-say", role: "status" });
    const input = h("input", {
      type: "text", maxlength: 200, autocomplete: "off", "aria-label": label, "data-for": of, "data-tool": "value",
      placeholder: choices ? words.addValue : words.addWord, list: list?.id,
    });
    const held = chips(shared, chosen, nameOf, () => input);
    const match = (text) => {
      const wanted = text.trim().toLowerCase();
      const exact = choices.find(([key, name]) => name.toLowerCase() === wanted || String(key).toLowerCase() === wanted);
      if (exact) return exact;
      const begin = choices.filter(([, name]) => name.toLowerCase().startsWith(wanted));
      return begin.length === 1 ? begin[0] : undefined;
    };
    const take = () => {
      const text = input.value.trim();
      if (!text) return;
      const found = choices ? match(text) : [text];
      said.textContent = found ? "" : R.fill(words.noSuchValue, text);
      if (!found) return;
      held.add(found[0]);
      input.value = "";
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") take();
      if (event.key === "Backspace" && !input.value && chosen.length) held.list.lastElementChild.querySelector("button").click();
    });
    input.addEventListener("change", () => (!choices || match(input.value)) && take());
    const union = field.type === "country" &&
      h("button", { type: "button", class: "d-btn d-small", onclick: () => held.add(...context.europeanUnion) }, `+ ${words.europeanUnion}`);
    return h("span", { class: "r-picker" }, held.list, h("span", { class: "r-with" }, input, list, union || null), said);
  }

  function lanes(shared, chosen) {
    const { words, label, of, context } = shared;
    const countries = [["*", words.anyCountry], ...context.lists.country];
    const named = (code) => (countries.find(([key]) => key === code) || [code, code])[1];
    const nameOf = (lane) => lane.split("-").map(named).join(" → ");
    const from = R.select({ "aria-label": words.origin, "data-for": of, "data-tool": "value" }, [{ options: countries }], "*");
    const to = R.select({ "aria-label": words.destination }, [{ options: countries }], "*");
    const add = () => {
      if (from.value === "*" && to.value === "*") return from.focus();
      held.add(`${from.value}-${to.value}`);
      return from.focus();
    };
    const held = chips(shared, chosen, nameOf, () => from);
    return h("span", { class: "r-picker", role: "group", "aria-label": label }, held.list,
      h("span", { class: "r-with" }, from, h("span", { "aria-hidden": "true" }, "→"), to,
        h("button", { type: "button", class: "d-btn d-small", onclick: add }, `+ ${words.addLane}`)));
  }

  // Customers and shipments are looked for by words, as in their own lists.
  function finder(shared, chosen, single) {
    const { field, set, words, label, of, context } = shared;
    const known = (context.names[field.type] = context.names[field.type] || []);
    const nameOf = (value) => (known.find(([key]) => same(key, value)) || [value, `#${value}`])[1];
    const store = single ? (values) => set(values.at(-1)) : set;
    const input = h("input", {
      type: "search", autocomplete: "off", "aria-label": label, placeholder: words.find, "data-for": of, "data-tool": "value",
    });
    const said = h("span", { class: "r-say", role: "status" });
    const results = h("span", { class: "r-results" });
    const held = chips({ ...shared, set: store }, chosen, nameOf, () => input);
    let timer = 0;
    let asked = 0;
    const choose = (key, name) => {
      known.push([key, name]);
      if (single) chosen.splice(0);
      held.add(key);
      results.replaceChildren();
      said.textContent = "";
      input.value = "";
      input.focus();
    };
    const look = async () => {
      const term = input.value.trim();
      const number = ++asked;
      if (!term) return results.replaceChildren();
      let rows = [];
      try {
        const answer = await fetch(`${context.find[field.type]}&term=${encodeURIComponent(term)}`, { headers: { "X-Requested-With": "fetch" } });
        rows = answer.ok ? (await answer.json()).results.slice(0, 8) : [];
      } catch {
        rows = [];
      }
      if (number !== asked) return undefined;
      said.textContent = rows.length ? R.fill(words.found, rows.length) : words.foundNothing;
      return results.replaceChildren(
        ...rows.map((row) => h("button", { type: "button", class: "d-btn d-small", onclick: () => choose(Number(row.id), row.text) }, row.text)),
      );
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, 250);
    });
    return h("span", { class: "r-picker" }, held.list, h("span", { class: "r-with" }, input), said, results);
  }

  function suggestions({ field, context }) {
    const listed = field.suggest ? context.lists[field.suggest] : null;
    return listed && listed.length ? dataList(listed.map(([key]) => key)) : null;
  }

  function dataList(texts) {
    return h("datalist", { id: R.newId("list") }, texts.map((text) => h("option", { value: text })));
  }
})();
