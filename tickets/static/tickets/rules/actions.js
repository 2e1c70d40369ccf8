// The builder of actions: each with the fields that it asks for.
(function () {
  "use strict";

  const R = window.clearwayRules;
  const { h } = R;
  const TYPES = { number: "number", time: "time", day: "date", moment: "datetime-local", link: "url", text: "text" };

  R.Actions = class {
    constructor(root, { declared, words, changed = () => {} }) {
      this.root = root;
      this.store = root.querySelector("textarea");
      this.place = root.querySelector("[data-list]");
      this.live = root.querySelector("[data-live]");
      this.declared = new Map(declared.map((one) => [one.name, one]));
      this.words = words;
      this.changed = changed;
      this.trigger = null;
      this.entries = this.read(this.store.value);
      R.keepEnter(root);
      this.draw();
    }

    read(text) {
      let listed;
      try {
        listed = JSON.parse(text || "[]");
      } catch {
        listed = [];
      }
      return (Array.isArray(listed) ? listed : [])
        .filter((one) => one && typeof one === "object")
        .map((one) => ({ id: R.newId("a"), action: one.action || "", inputs: { ...(one.inputs || {}) } }));
    }

    save() {
      this.store.value = JSON.stringify(this.entries.map(({ action, inputs }) => ({ action, inputs })));
      this.changed();
    }

    allow(trigger) {
      this.trigger = trigger;
      this.draw();
    }

    label(entry) {
      return this.declared.get(entry.action)?.label || this.words.whatToDo;
    }

    finish(said, name) {
      this.save();
      this.draw();
      this.live.textContent = R.fill(this.words[said], name);
    }

    focus(id, tool) {
      this.place.querySelector(`[data-for="${id}"][data-tool="${tool}"]`)?.focus();
    }

    add() {
      const entry = { id: R.newId("a"), action: "", inputs: {} };
      this.entries.push(entry);
      this.finish("wasAdded", this.label(entry));
      this.focus(entry.id, "action");
    }

    remove(place) {
      const [entry] = this.entries.splice(place, 1);
      this.finish("wasRemoved", this.label(entry));
      const next = this.entries[place] || this.entries[place - 1];
      if (next) this.focus(next.id, "remove");
      else this.focus("list", "add");
    }

    move(place, by) {
      const [entry] = this.entries.splice(place, 1);
      this.entries.splice(place + by, 0, entry);
      this.finish("wasMoved", this.label(entry));
      this.focus(entry.id, by < 0 ? "up" : "down");
    }

    draw() {
      const { words } = this;
      const rows = this.entries.map((entry, place) => this.row(entry, place));
      const add = h("button", {
        type: "button", class: "d-btn d-small", "data-for": "list", "data-tool": "add", onclick: () => this.add(),
      }, `+ ${words.addAction}`);
      this.place.replaceChildren(
        ...(rows.length ? rows : [h("p", { class: "d-mute d-sm r-empty" }, words.noAction)]),
        h("div", { class: "r-adds" }, add),
        h("p", { class: "r-problem", role: "status", "data-path": "" }),
      );
    }

    row(entry, place) {
      const { words } = this;
      const last = this.entries.length - 1;
      const tool = (name, icon, act, off) => R.tool({ name, of: entry.id, icon, label: words[name], act, off });
      const tools = h(
        "span",
        { class: "r-tools" },
        tool("up", "arrow_upward", () => this.move(place, -1), place === 0),
        tool("down", "arrow_downward", () => this.move(place, 1), place === last),
        tool("remove", "close", () => this.remove(place), false),
      );
      const cells = h("span", { class: "r-cells r-action-cells" }, this.choice(entry, place), this.inputs(entry, place));
      return h(
        "div",
        { class: "r-row", role: "group", "aria-label": R.fill(words.action, place + 1), "data-id": entry.id },
        cells,
        tools,
        h("p", { class: "r-problem", role: "status", "data-path": String(place) }),
      );
    }

    choice(entry, place) {
      const { words } = this;
      const usable = [...this.declared.values()].filter(
        (one) => !this.trigger || one.triggers.includes(this.trigger) || one.name === entry.action,
      );
      const options = usable.map((one) => [
        one.name,
        this.trigger && !one.triggers.includes(this.trigger) ? `${one.label} (${words.notHere})` : one.label,
      ]);
      const choose = (event) => {
        entry.action = event.target.value;
        entry.inputs = {};
        this.initial(entry);
        this.save();
        this.redraw(event.target, entry, place, 0);
      };
      const id = R.newId("in");
      const attributes = { class: "r-field", id, "data-for": entry.id, "data-tool": "action", onchange: choose };
      return h("span", { class: "r-input" }, h("label", { class: "r-label", for: id }, words.whatToDo), R.select(attributes, [{ options }], entry.action, words.choose));
    }

    // What a form would show filled in counts as filled in.
    initial(entry) {
      for (const input of this.inputsOf(entry)) {
        if (input.initial !== undefined && entry.inputs[input.name] === undefined) entry.inputs[input.name] = input.initial;
      }
    }

    inputsOf(entry) {
      const declared = this.declared.get(entry.action);
      if (!declared) return [];
      const chosen = declared.variantBy ? declared.variants[entry.inputs[declared.variantBy]] || [] : [];
      return [...declared.inputs, ...chosen];
    }

    // Draw the fields behind one again. It stays itself: whoever chooses by typing types on.
    redraw(control, entry, place, kept) {
      const cells = control.closest(".r-cells");
      while (cells.children.length > 1 + kept) cells.lastElementChild.remove();
      cells.append(...this.inputs(entry, place).slice(kept));
    }

    inputs(entry, place) {
      return this.inputsOf(entry).map((input) => {
        const id = R.newId("in");
        const required = input.required ? h("span", { class: "d-red", "aria-hidden": "true" }, " *") : null;
        const isGroup = input.kind === "several";
        const label = isGroup ? h("span", { class: "r-label", id }, input.label, required) : h("label", { class: "r-label", for: id }, input.label, required);
        return h(
          "span",
          { class: `r-input${input.kind === "long" || isGroup ? " r-wide" : ""}` },
          label,
          this.control(entry, place, input, id),
          input.help ? h("span", { class: "d-mute d-xs" }, input.help) : null,
          h("span", { class: "r-problem", role: "status", "data-path": `${place}.inputs.${input.name}` }),
        );
      });
    }

    control(entry, place, input, id) {
      const value = entry.inputs[input.name];
      const set = (next) => {
        if (next === undefined || next === "" || (Array.isArray(next) && !next.length)) delete entry.inputs[input.name];
        else entry.inputs[input.name] = next;
        this.save();
      };
      const attributes = { id, "data-for": entry.id, "data-tool": `in-${input.name}`, "aria-required": input.required ? "true" : null };
      if (input.kind === "choice") return this.select(entry, place, input, attributes, set);
      if (input.kind === "several") return this.boxes(input, Array.isArray(value) ? [...value] : [], id, set);
      if (input.kind === "long") {
        return h("textarea", { ...attributes, rows: 3, maxlength: input.max_length, value: value ?? "", oninput: (event) => set(event.target.value) });
      }
      if (input.kind === "tick") {
        return h("input", { ...attributes, type: "checkbox", checked: value === true, onchange: (event) => set(event.target.checked || undefined) });
      }
      const isNumber = input.kind === "number";
      const write = (event) => set(isNumber && event.target.value !== "" ? Number(event.target.value) : event.target.value);
      return h("input", {
        ...attributes, type: TYPES[input.kind] || "text", maxlength: input.max_length, min: input.min_value, max: input.max_value,
        value: value ?? "", oninput: write,
      });
    }

    select(entry, place, input, attributes, set) {
      const value = entry.inputs[input.name];
      const known = value === undefined || input.choices.some(([key]) => String(key) === String(value));
      const options = known ? input.choices : [...input.choices, [value, `#${value}`]];
      const choose = (event) => {
        const found = options.find(([key]) => String(key) === event.target.value);
        const declared = this.declared.get(entry.action);
        if (declared.variantBy === input.name) entry.inputs = {};
        set(found ? found[0] : undefined);
        if (declared.variantBy !== input.name) return;
        this.initial(entry);
        this.save();
        this.redraw(event.target, entry, place, declared.inputs.length);
      };
      return R.select({ ...attributes, onchange: choose }, [{ options }], value, input.required ? this.words.choose : this.words.noneChosen);
    }

    boxes(input, chosen, id, set) {
      const write = (event) => {
        const key = input.choices[Number(event.target.dataset.place)][0];
        const place = chosen.findIndex((value) => String(value) === String(key));
        if (event.target.checked && place < 0) chosen.push(key);
        if (!event.target.checked && place >= 0) chosen.splice(place, 1);
        set([...chosen]);
      };
      return h("span", { class: "r-boxes", role: "group", "aria-labelledby": id },
        input.choices.map(([key, text], place) =>
          h("label", { class: "r-box" },
            h("input", { type: "checkbox", "data-place": place, checked: chosen.some((value) => String(value) === String(key)), onchange: write }),
            h("span", {}, text))));
    }

    show(listed) {
      const found = R.problems(listed);
      const shown = new Set();
      this.place.querySelectorAll("[data-path]").forEach((element) => {
        const { path } = element.dataset;
        shown.add(path);
        element.replaceChildren(...(found.get(path) || []).map((line) => h("span", {}, line)));
      });
      // What no field of the form is named for stands below its action.
      for (const [path, lines] of found) {
        if (shown.has(path)) continue;
        const near = this.place.querySelector(`.r-problem[data-path="${Number.parseInt(path, 10)}"]`);
        near?.append(...lines.map((line) => h("span", {}, line)));
      }
    }
  };
})();
