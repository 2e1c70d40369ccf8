// The builder of conditions: rows in groups, changed without reloading and by the keyboard alone.
(function () {
  "use strict";

  const R = window.clearwayRules;
  const { h } = R;
  const GROUPS = ["all", "any", "none"];
  const MOST_DEEP = 5;

  R.Conditions = class {
    constructor(root, { changed = () => {} } = {}) {
      const [description, problems] = [...root.querySelectorAll("script[type='application/json']")].map(R.json);
      this.root = root;
      this.store = root.querySelector("textarea");
      this.place = root.querySelector("[data-tree]");
      this.live = root.querySelector("[data-live]");
      this.context = description;
      this.words = description.words;
      this.fields = new Map(description.fields.map((field) => [field.name, field]));
      for (const field of description.changeable) this.fields.set(`changed:${field.name}`, field);
      this.allowed = null;
      this.mayAskChanges = description.changeable.length > 0;
      this.changed = changed;
      this.tree = this.read(this.store.value);
      R.keepEnter(root);
      this.draw();
      this.show(problems);
    }

    // ------------------------------------------------------------- the tree
    read(text) {
      let tree;
      try {
        tree = JSON.parse(text || "{}");
      } catch {
        tree = {};
      }
      const node = this.node(tree && typeof tree === "object" ? tree : {});
      if (node.children) return node;
      const filled = Object.keys(node.leaf).length > 0;
      return { id: R.newId("n"), group: "all", children: filled ? [node] : [], isBare: filled };
    }

    node(raw) {
      const group = GROUPS.find((name) => Array.isArray(raw[name]));
      const id = R.newId("n");
      return group ? { id, group, children: raw[group].map((one) => this.node(one || {})) } : { id, leaf: { ...raw } };
    }

    written(node) {
      return node.children ? { [node.group]: node.children.map((one) => this.written(one)) } : node.leaf;
    }

    get isBare() {
      const { tree } = this;
      return tree.isBare && tree.group === "all" && tree.children.length === 1 && !tree.children[0].children;
    }

    save() {
      const { tree } = this;
      const value = !tree.children.length ? {} : this.isBare ? tree.children[0].leaf : this.written(tree);
      this.store.value = JSON.stringify(value);
      this.changed();
    }

    find(id, node = this.tree, parent = null) {
      if (node.id === id) return { node, parent, place: parent ? parent.children.indexOf(node) : -1 };
      for (const child of node.children || []) {
        const found = this.find(id, child, node);
        if (found) return found;
      }
      return null;
    }

    depth(id, node = this.tree, deep = 1) {
      if (node.id === id) return deep;
      return Math.max(0, ...(node.children || []).map((child) => this.depth(id, child, deep + 1)));
    }

    height(node) {
      return node.children ? 1 + Math.max(0, ...node.children.map((child) => this.height(child))) : 0;
    }

    // ------------------------------------------------------------- acts
    add(groupId, isGroup) {
      const { node } = this.find(groupId);
      const fresh = isGroup
        ? { id: R.newId("n"), group: node.group === "any" ? "all" : "any", children: [{ id: R.newId("n"), leaf: {} }] }
        : { id: R.newId("n"), leaf: {} };
      node.children.push(fresh);
      this.after(fresh, "wasAdded", isGroup ? "group" : "field");
    }

    remove(id) {
      const { node, parent, place } = this.find(id);
      const name = this.name(node);
      parent.children.splice(place, 1);
      const next = parent.children[place] || parent.children[place - 1];
      this.finish("wasRemoved", name);
      this.focus(next ? next.id : parent.id, next ? "remove" : "add");
    }

    move(id, by) {
      const { node, parent, place } = this.find(id);
      parent.children.splice(place, 1);
      parent.children.splice(place + by, 0, node);
      this.after(node, "wasMoved", by < 0 ? "up" : "down");
    }

    // Into the group just above it, or, where there is none, into a group of its own.
    indent(id) {
      const { node, parent, place } = this.find(id);
      const above = parent.children[place - 1];
      if (above && above.children) {
        parent.children.splice(place, 1);
        above.children.push(node);
      } else {
        const group = parent.group === "any" ? "all" : "any";
        parent.children[place] = { id: R.newId("n"), group, children: [node] };
      }
      this.after(node, "wasIndented", "indent");
    }

    // Behind the group it stands in; a group that is empty then goes.
    outdent(id) {
      const { node, parent, place } = this.find(id);
      const { parent: outer, place: where } = this.find(parent.id);
      parent.children.splice(place, 1);
      outer.children.splice(where + 1, 0, node);
      if (!parent.children.length) outer.children.splice(where, 1);
      this.after(node, "wasOutdented", "outdent");
    }

    after(node, said, tool) {
      this.finish(said, this.name(node));
      this.focus(node.id, tool);
    }

    finish(said, name) {
      this.save();
      this.draw();
      this.live.textContent = R.fill(this.words[said], name);
    }

    focus(id, tool) {
      const found = this.place.querySelector(`[data-for="${id}"][data-tool="${tool}"]`);
      (found || this.place.querySelector(`[data-for="${id}"]`))?.focus();
    }

    name(node) {
      if (node.children) return `${this.words.thingGroup} (${this.words[node.group]})`;
      const field = this.fieldOf(node.leaf);
      return field ? field.label : this.words.thingCondition;
    }

    // ------------------------------------------------------------- drawing
    draw() {
      this.place.replaceChildren(this.group(this.tree, "", 1));
    }

    // Where each node stands now, in the way the server names places.
    places(node = this.tree, path = "", found = new Map()) {
      if (!(node === this.tree && this.isBare)) found.set(path, node.id);
      (node.children || []).forEach((child, index) => {
        const inner = this.isBare && node === this.tree ? "" : `${path}${path ? "." : ""}${node.group}[${index}]`;
        this.places(child, inner, found);
      });
      return found;
    }

    show(listed) {
      const places = this.places();
      const found = new Map();
      for (const [path, lines] of R.problems(listed)) found.set(places.get(path) || this.tree.id, lines);
      this.place.querySelectorAll("[data-problem]").forEach((element) => {
        const lines = found.get(element.dataset.problem) || [];
        element.replaceChildren(...lines.map((line) => h("span", {}, line)));
        element.parentElement.classList.toggle("bad", lines.length > 0);
      });
    }

    allow(names, mayAskChanges) {
      this.allowed = new Set(names);
      this.mayAskChanges = mayAskChanges;
      this.draw();
    }

    problem(id) {
      return h("p", { class: "r-problem", role: "status", "data-problem": id });
    }

    tools(node, parent, place, depth) {
      const { words } = this;
      const last = parent.children.length - 1;
      const above = parent.children[place - 1];
      const high = this.height(node);
      const into = above && above.children ? depth - 1 + high : depth + high;
      const tool = (name, icon, act, off) => R.tool({ name, of: node.id, icon, label: words[name], act, off });
      return h(
        "span",
        { class: "r-tools" },
        tool("up", "arrow_upward", () => this.move(node.id, -1), place === 0),
        tool("down", "arrow_downward", () => this.move(node.id, 1), place === last),
        tool("indent", "format_indent_increase", () => this.indent(node.id), into > MOST_DEEP),
        tool("outdent", "format_indent_decrease", () => this.outdent(node.id), parent === this.tree),
        tool("remove", "close", () => this.remove(node.id), false),
      );
    }

    // depth: of the group itself, the outermost is 1.
    group(node, number, depth, parent = null, place = 0) {
      const { words } = this;
      const kinds = GROUPS.map((name) => [name, words[name]]);
      // Only what shows the kind of group is drawn anew: whoever chooses by typing types on.
      const choose = (event) => {
        node.group = event.target.value;
        event.target.closest(".r-group").className = `r-group r-${node.group}`;
        this.save();
      };
      const label = number ? `${words.group} ${number}` : words.whichOfGroup;
      const head = h(
        "div",
        { class: "r-head" },
        R.select({ "data-for": node.id, "data-tool": "group", "aria-label": label, onchange: choose }, [{ options: kinds }], node.group),
        parent ? this.tools(node, parent, place, depth) : null,
      );
      const children = node.children.map((child, index) => {
        const counted = number ? `${number}.${index + 1}` : String(index + 1);
        return child.children
          ? this.group(child, counted, depth + 1, node, index)
          : this.row(child, counted, depth + 1, node, index);
      });
      const empty = h("p", { class: "d-mute d-sm r-empty" }, parent ? words.emptyGroup : words.empty);
      const button = (isGroup, text, said, off) =>
        h("button", {
          type: "button", class: "d-btn d-small", "data-for": node.id, "data-tool": isGroup ? "addGroup" : "add",
          "aria-label": said, "aria-disabled": off ? "true" : null, onclick: () => !off && this.add(node.id, isGroup),
        }, `+ ${text}`);
      return h(
        "div",
        { class: `r-group r-${node.group}`, role: "group", "aria-label": label, "data-id": node.id },
        head,
        h("div", { class: "r-children" }, children.length ? children : empty),
        h("div", { class: "r-adds" },
          button(false, words.addCondition, words.addConditionTo, false),
          button(true, words.addGroup, words.addGroupTo, depth >= MOST_DEEP)),
        this.problem(node.id),
      );
    }

    row(node, number, depth, parent, place) {
      const { words } = this;
      const row = h("div", { class: "r-row", role: "group", "aria-label": R.fill(words.condition, number), "data-id": node.id });
      row.append(h("span", { class: "r-cells" }, this.fieldSelect(node), this.rest(node)), this.tools(node, parent, place, depth), this.problem(node.id));
      return row;
    }

    fieldOf(leaf) {
      return this.fields.get(leaf.changed !== undefined ? `changed:${leaf.changed}` : leaf.field);
    }

    fieldSelect(node) {
      const { words, context } = this;
      const key = node.leaf.changed !== undefined ? `changed:${node.leaf.changed}` : node.leaf.field;
      const isAllowed = (field) => !this.allowed || this.allowed.has(field.name) || field.name === key;
      const label = (field) => (this.allowed && !this.allowed.has(field.name) ? `${field.label} (${words.notHere})` : field.label);
      const groups = Object.entries(context.groups)
        .map(([name, said]) => ({
          label: said,
          options: context.fields.filter((one) => one.group === name && isAllowed(one)).map((one) => [one.name, label(one)]),
        }))
        .filter((group) => group.options.length);
      if (this.mayAskChanges || (key || "").startsWith("changed:")) {
        groups.push({ label: words.changed, options: context.changeable.map((one) => [`changed:${one.name}`, R.fill(words.fieldChanged, one.label)]) });
      }
      const choose = (event) => {
        this.setField(node, event.target.value);
        this.redraw(node);
      };
      const attributes = { class: "r-field", "aria-label": words.field, "data-for": node.id, "data-tool": "field", onchange: choose };
      return R.select(attributes, groups, key, words.choose);
    }

    setField(node, key) {
      const old = this.fieldOf(node.leaf);
      const field = this.fields.get(key);
      if (!field) {
        node.leaf = {};
      } else if (key.startsWith("changed:")) {
        node.leaf = { changed: field.name };
      } else {
        const { op, value } = node.leaf;
        const operator = field.operators.find((one) => one.name === op) || field.operators[0];
        const fits = old && old.type === field.type && !field.options && !old.options && operator.name === op;
        node.leaf = { field: field.name, op: operator.name };
        if (fits && value !== undefined) node.leaf.value = value;
        if (field.hasZone) node.leaf.zone = this.zoneHere();
      }
      this.save();
    }

    zoneHere() {
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return this.context.zones.includes(here) ? here : "UTC";
    }

    // Draw what follows the field again. The field itself stays: whoever chooses by typing types on.
    redraw(node) {
      const cells = this.place.querySelector(`.r-row[data-id="${node.id}"] .r-cells`);
      while (cells.children.length > 1) cells.lastElementChild.remove();
      cells.append(...this.rest(node));
    }

    rest(node) {
      const field = this.fieldOf(node.leaf);
      if (!field) return [];
      return node.leaf.changed !== undefined ? this.sides(node, field) : this.comparison(node, field);
    }

    comparison(node, field) {
      const { words, context } = this;
      const { leaf } = node;
      let operator = field.operators.find((one) => one.name === leaf.op) || field.operators[0];
      const set = (value) => {
        if (value === undefined) delete leaf.value;
        else leaf.value = value;
        this.save();
      };
      const value = () => R.valueField(field, operator.takes, leaf.value, set, context, { of: node.id, label: `${words.value}: ${field.label}` });
      const choose = (event) => {
        const next = field.operators.find((one) => one.name === event.target.value);
        leaf.op = next.name;
        if (next.takes !== operator.takes) leaf.value = converted(leaf.value, operator.takes, next.takes);
        if (leaf.value === undefined) delete leaf.value;
        operator = next;
        event.target.nextElementSibling.replaceWith(value());
        this.save();
      };
      const parts = [];
      if (field.hasZone) parts.push(this.zone(leaf));
      if (field.operators.length > 1) {
        const list = field.operators.map((one) => [one.name, one.label]);
        const attributes = { class: "r-op", "aria-label": words.operator, "data-for": node.id, "data-tool": "operator", onchange: choose };
        parts.push(R.select(attributes, [{ options: list }], operator.name));
      }
      parts.push(value());
      return parts;
    }

    zone(leaf) {
      const { words, context } = this;
      const list = h("datalist", { id: R.newId("list") }, context.zones.map((one) => h("option", { value: one })));
      const write = (event) => {
        leaf.zone = event.target.value.trim();
        if (!leaf.zone) delete leaf.zone;
        this.save();
      };
      const input = h("input", {
        type: "text", class: "r-zone", list: list.id, "aria-label": words.zone, title: words.zone, maxlength: 64, value: leaf.zone || "UTC", oninput: write,
      });
      return h("span", { class: "r-with" }, input, list);
    }

    // A value that changed: from which, to which; nothing said means any.
    sides(node, field) {
      const { words, context } = this;
      if (field.type === "words" || field.type === "boolean") return [h("span", { class: "d-mute d-sm" }, words.changed)];
      return [["from", words.changedFrom], ["to", words.changedTo]].map(([side, label]) => {
        const set = (value) => {
          if (value && value.length) node.leaf[side] = value;
          else delete node.leaf[side];
          this.save();
        };
        const many = R.valueField(field, "several", node.leaf[side], set, context, {
          of: node.id, label: `${field.label} ${label}`, emptyToo: true,
        });
        const count = (node.leaf[side] || []).length;
        const summary = h("summary", {}, `${label} ${count ? `(${count})` : words.anything}`);
        return h("details", { class: "r-side", open: count > 0 }, summary, many);
      });
    }
  };

  function converted(value, from, to) {
    if (to === "nothing" || to === "two") return undefined;
    if (to === "several") return from === "one" && value !== undefined && value !== null ? [value] : undefined;
    return from === "several" && Array.isArray(value) ? value[0] : undefined;
  }
})();
