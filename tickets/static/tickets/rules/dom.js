// What the builders of rules share: making elements, words, and saying aloud what happened.
(function () {
  "use strict";

  const R = (window.clearwayRules = window.clearwayRules || {});
  let last = 0;

  // An element. Attributes beginning with "on" are listeners; false and null leave an attribute out.
  R.h = function (tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === false || value === null || value === undefined) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "value" || name === "checked") element[name] = value;
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  };

  R.newId = (prefix = "r") => `${prefix}${++last}`;

  R.icon = (name) => R.h("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);

  // "%s" in a sentence is what it is said of.
  R.fill = (sentence, what) => sentence.replace("%s", what);

  // A button of a row. One that cannot act now stays in reach of the keyboard, so that the focus is not lost.
  R.tool = function ({ name, of, icon, label, act, off = false }) {
    return R.h(
      "button",
      {
        type: "button",
        class: "r-tool",
        "data-tool": name,
        "data-for": of,
        "aria-label": label,
        title: label,
        "aria-disabled": off ? "true" : null,
        onclick: () => !off && act(),
      },
      R.icon(icon),
    );
  };

  R.select = function (attributes, groups, value, blank) {
    const options = (list) =>
      list.map(([key, label]) => R.h("option", { value: String(key), selected: String(key) === String(value) }, String(label)));
    const parts = groups.map((group) =>
      group.label ? R.h("optgroup", { label: group.label }, options(group.options)) : options(group.options),
    );
    const first = blank === undefined ? [] : [R.h("option", { value: "" }, blank)];
    return R.h("select", attributes, first, parts.flat());
  };

  R.json = (element) => JSON.parse(element.textContent || "null");

  // Enter in a builder adds a value, it never sends the form half done.
  R.keepEnter = function (root) {
    root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
    });
  };

  R.problems = (listed) => {
    const found = new Map();
    for (const { path, sentence } of listed || []) found.set(path, [...(found.get(path) || []), sentence]);
    return found;
  };
})();
