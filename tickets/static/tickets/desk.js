// The desk's keys, menus, dialogs, drafts and live changes. Every page works without this file, only less quickly.
(function () {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  function isTyping() {
    const element = document.activeElement;
    if (!element) return false;
    if (element.isContentEditable || element.tagName === "TEXTAREA" || element.tagName === "SELECT") return true;
    return element.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(element.type);
  }

  // Unfold looks for a text field of its own beside every file field it finds and fails on ours: show it they are taken.
  function keepFilesOurs(root) {
    $$("input[type=file]", root).forEach((input) => (input.hasChangeListener = true));
  }
  keepFilesOurs(document);

  // ------------------------------------------------------------------ menus
  function setUpMenus() {
    const menus = $$("details.d-menu");
    document.addEventListener("click", (event) => {
      menus.forEach((menu) => {
        if (menu.open && !menu.contains(event.target)) menu.open = false;
      });
    });
    menus.forEach((menu) => {
      menu.addEventListener("toggle", () => {
        if (menu.open) menus.forEach((other) => other !== menu && (other.open = false));
      });
      menu.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && menu.open) {
          menu.open = false;
          $("summary", menu).focus();
          event.stopPropagation();
        }
        if (menu.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
          const items = $$("a, button, input:not([type=hidden])", $(".d-pop", menu));
          const here = items.indexOf(document.activeElement);
          const next = event.key === "ArrowDown" ? here + 1 : here - 1;
          items[(next + items.length) % items.length]?.focus();
          event.preventDefault();
        }
      });
    });
  }

  // ------------------------------------------------------------------ live changes
  function setUpLive() {
    const root = $("[data-streams]");
    const banner = $("#live");
    if (!root || !banner || !window.EventSource) return;
    const changed = new Set();
    const shown = new Set($$("[data-ticket]").map((element) => element.dataset.ticket));
    let count = 0;
    let source;
    const show = (number) => {
      $("b", banner).textContent = number;
      const text = $("span", banner);
      text.textContent = number === 1 ? text.dataset.one : text.dataset.many;
      banner.hidden = false;
    };
    const open = () => {
      source = new EventSource(root.dataset.streams, { withCredentials: true });
      source.addEventListener("ticket", (event) => {
        const data = JSON.parse(event.data);
        document.dispatchEvent(new CustomEvent("clearway:change", { detail: data }));
        changed.add(String(data.ticket));
        count += 1;
        show(root.id === "queue" ? changed.size : count);
        if (root.id === "queue" && shown.has(String(data.ticket))) {
          $(`tr[data-ticket="${Number(data.ticket)}"]`)?.classList.add("changed");
        }
      });
      source.addEventListener("reload", () => show(changed.size || 1));
    };
    open();
    window.addEventListener("pagehide", () => source.close());
  }

  // ------------------------------------------------------------------ queue
  function setUpQueue() {
    const table = $("#queue .d-table");
    if (!$("#queue")) return;
    const rows = table ? $$("tbody tr", table) : [];
    let here = -1;
    const boxes = rows.map((row) => $("input[name=ids]", row)).filter(Boolean);
    const bar = $("#bulk-bar");
    const all = $("#select-all");

    const move = (to) => {
      if (!rows.length) return;
      if (document.activeElement !== document.body) document.activeElement?.blur(); // Enter is the line's now
      rows[here]?.classList.remove("here");
      here = Math.max(0, Math.min(rows.length - 1, to));
      rows[here].classList.add("here");
      rows[here].scrollIntoView({ block: "nearest" });
      try {
        sessionStorage.setItem("queue-here", rows[here].dataset.ticket);
      } catch {
        // Without storage the place is only forgotten.
      }
    };
    const count = () => {
      if (!bar) return;
      const number = boxes.filter((box) => box.checked).length;
      bar.hidden = number === 0;
      const label = $("#bulk-count");
      label.textContent = `${number} ${label.dataset.text}`;
      if (all) all.checked = number > 0 && number === boxes.length;
    };
    try {
      const last = sessionStorage.getItem("queue-here");
      const place = rows.findIndex((row) => row.dataset.ticket === last);
      if (place >= 0) {
        here = place;
        rows[place].classList.add("here");
      }
    } catch {
      // As above.
    }
    all?.addEventListener("change", () => {
      boxes.forEach((box) => (box.checked = all.checked));
      count();
    });
    boxes.forEach((box) => box.addEventListener("change", count));
    rows.forEach((row, index) =>
      row.addEventListener("click", (event) => {
        if (event.target.closest("a, input, button") || String(getSelection())) return;
        move(index);
        if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
        else location.href = row.dataset.href;
      }),
    );
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping() || $("dialog[open]")) return;
      const key = event.key.toLowerCase();
      if (key === "j") move(here + 1);
      else if (key === "k") move(here < 0 ? 0 : here - 1);
      else if (key === "enter" && here >= 0 && !event.target.closest("a, button, summary")) location.href = rows[here].dataset.href;
      else if (key === "x" && here >= 0) {
        const box = $("input[name=ids]", rows[here]);
        if (box) {
          box.checked = !box.checked;
          count();
        }
      } else return;
      event.preventDefault();
    });
    $("#searchbar")?.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.target.blur();
    });
    count();
  }

  // ------------------------------------------------------------------ dialogs with forms
  const dialog = () => $("#dialog");

  let openedFrom = null; // where the focus goes back to

  async function openDialog(address, opener) {
    const response = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
    if (!response.ok) {
      location.href = address;
      return;
    }
    fill(await response.text());
    openedFrom = opener;
    dialog().showModal();
    $("input:not([type=hidden]), textarea, select, button[type=submit]", dialog())?.focus();
  }

  function fill(html) {
    // The text is a page of ours, escaped by its template; scripts in it would not run by the content security policy.
    const part = document.importNode(new DOMParser().parseFromString(html, "text/html").body, true);
    keepFilesOurs(part);
    dialog().replaceChildren(...part.childNodes);
    $("form", dialog())?.addEventListener("submit", submitDialog);
    $("[data-close]", dialog())?.addEventListener("click", (event) => {
      event.preventDefault();
      dialog().close();
    });
  }

  async function submitDialog(event) {
    event.preventDefault();
    const form = event.target;
    const button = $("button[type=submit]", form);
    button.disabled = true;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
      });
      if ((response.headers.get("Content-Type") || "").includes("json")) {
        const answer = await response.json();
        if (answer.location) return go(answer.location);
      }
      fill(await response.text());
      ($(".bad input, .bad textarea, .bad select", dialog()) || $("button[type=submit]", dialog()))?.focus();
    } catch {
      form.removeEventListener("submit", submitDialog);
      form.requestSubmit(); // without a connection the browser says what is wrong
    } finally {
      button.disabled = false;
    }
  }

  function go(address) {
    const there = new URL(address, location.href);
    const same = there.pathname === location.pathname && there.search === location.search;
    if (same) location.reload();
    else location.href = there.href;
  }

  function setUpDialogs() {
    if (!dialog()) return;
    $$("a[data-dialog]").forEach((link) =>
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        $$("details.d-menu[open]").forEach((menu) => (menu.open = false));
        openDialog(link.href, link.closest("details.d-menu")?.querySelector("summary") || link);
      }),
    );
    dialog().addEventListener("click", (event) => {
      if (event.target === dialog()) dialog().close();
    });
    dialog().addEventListener("close", () => openedFrom?.focus());
  }

  // ------------------------------------------------------------------ ticket
  function setUpTicket() {
    if (!$("#ticket")) return;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping() || $("dialog[open]")) return;
      const key = event.key.toLowerCase();
      const link = /^[juk]$/.test(key) ? $(`a[data-key="${key}"]`) : null;
      if (link) link.click();
      else if (key === "r") focusComposer(false);
      else if (key === "n") focusComposer(true);
      else if (key === "t") {
        const steps = $$("a[data-step]").filter((step) => step.offsetParent);
        if (steps.length) steps[0].focus();
        else $("#other-steps summary")?.click();
      } else return;
      event.preventDefault();
    });
    $$("details[data-frame]").forEach((details) =>
      details.addEventListener("toggle", () => {
        if (!details.open || $("iframe", details)) return;
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
        frame.title = $("summary", details).textContent;
        frame.src = details.dataset.frame;
        details.append(frame);
      }),
    );
    $$("a[data-step]").forEach((step, index, steps) =>
      step.addEventListener("keydown", (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by) steps[(index + by + steps.length) % steps.length].focus();
      }),
    );
    showLatest(120);
    window.addEventListener("load", () => showLatest(0));
    setUpComposer();
  }

  function showLatest(tries) {
    const log = $("#messages");
    if (!log) return;
    if (!log.clientHeight && tries) {
      requestAnimationFrame(() => showLatest(tries - 1)); // the page is hidden until its frame is ready
      return;
    }
    const wanted = location.hash.startsWith("#m") ? document.getElementById(location.hash.slice(1)) : null;
    if (wanted) wanted.scrollIntoView({ block: "center" });
    else if (!new URLSearchParams(location.search).has("before")) log.scrollTop = log.scrollHeight;
  }

  function focusComposer(asNote) {
    const form = $("#composer");
    if (!form) return;
    const choice = asNote ? $("input[value=note]", form) : $("input[name=audience]", form);
    if (choice && (asNote || $("input[name=audience]:checked", form)?.value === "note")) {
      choice.checked = true;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const text = $("#composer-text");
    text.scrollIntoView({ block: "center" });
    text.focus();
  }

  function setUpComposer() {
    const form = $("#composer");
    if (!form) return;
    const text = $("#composer-text");
    const state = $("#draft-state");
    const button = $("button[type=submit]", form);
    const files = $("input[type=file]", form);
    const name = form.dataset.draft;
    const keep = (value) => {
      try {
        if (value) localStorage.setItem(name, value);
        else localStorage.removeItem(name);
        state.textContent = value ? state.dataset.kept : "";
      } catch {
        // A draft that cannot be kept is no reason to stop writing.
      }
    };
    const dress = () => {
      const isNote = $("input[name=audience]:checked", form)?.value === "note";
      form.classList.toggle("noting", isNote);
      $("span", button).textContent = isNote ? button.dataset.note : button.dataset.send;
      $(".d-file", form).hidden = isNote;
      if (isNote) files.value = "";
    };
    try {
      const kept = localStorage.getItem(name);
      if (kept && !text.value) {
        text.value = kept;
        state.textContent = state.dataset.kept;
      }
    } catch {
      // As above.
    }
    let waiting;
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => keep(text.value), 300);
    });
    form.addEventListener("change", dress);
    $("a[data-suggest]", form)?.addEventListener("click", (event) => {
      event.preventDefault();
      text.value = text.value.trim() ? `${text.value.trimEnd()}\n\n${event.currentTarget.dataset.suggest}` : event.currentTarget.dataset.suggest;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
    files.addEventListener("change", () => {
      $("#composer-files").textContent = [...files.files].map((file) => file.name).join(", ");
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      } else if (event.key === "Escape") text.blur();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      clearTimeout(waiting);
      keep(text.value);
      try {
        const response = await fetch(form.action, {
          method: "POST",
          body: new FormData(form),
          headers: { "X-Requested-With": "fetch" },
        });
        const answer = await response.json();
        if (answer.location) {
          keep("");
          text.value = "";
          go(answer.location);
          return;
        }
        const error = $("#composer-error");
        error.textContent = answer.error || answer.warning || "";
        error.hidden = false;
        if (answer.seen !== undefined) $("input[name=seen]", form).value = answer.seen;
        if (answer.warning) $("#live").hidden = false;
        button.disabled = false;
      } catch {
        form.submit();
      }
    });
    dress();
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpMenus();
    setUpQueue();
    setUpDialogs();
    setUpTicket();
    setUpLive();
  });
})();
