// What ticks at the desk: countdowns, the hour in other places, when teams open; and whether the zones are folded away.
// The server gives moments and words; without this file the page shows how things stood when it was made.
(function () {
  "use strict";

  const FOLDED = "zones-closed";
  const MINUTE = 60;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;

  const recalled = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // without storage it is only forgotten
    }
  };
  // At once, before the page is drawn, so that it does not jump.
  if (recalled(FOLDED)) document.documentElement.classList.add(FOLDED);

  let words;
  let ahead = 0; // what the server's clock is ahead of the browser's, in milliseconds

  const put = (pattern, values) => pattern.replace(/%\((\w+)\)(0?)\d*[sd]/g, (_all, name, zero) => (zero ? String(values[name]).padStart(2, "0") : String(values[name])));

  // As `span` in common/admin/words.py says it.
  function span(seconds) {
    const left = Math.max(0, seconds);
    const hours = Math.floor(left / HOUR);
    const minutes = Math.floor((left % HOUR) / MINUTE);
    const days = Math.floor(left / DAY);
    if (left < HOUR) return put(words.minutes, { minutes });
    if (left < DAY) return put(hours < 10 && minutes ? words.hoursMinutes : words.hours, { hours, minutes });
    return put(days === 1 ? words.day : words.days, { days });
  }

  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  function tickPromise(chip, now) {
    const left = Date.parse(chip.dateTime) - now;
    const reached = (name) => chip.dataset[name] && now >= Date.parse(chip.dataset[name]);
    const level = left <= 0 ? "over" : reached("red") ? "red" : reached("amber") ? "amber" : "green";
    if (!chip.classList.contains(level)) {
      chip.classList.remove("green", "amber", "red", "over");
      chip.classList.add(level);
    }
    const patterns = left <= 0 ? words.over : words.comes;
    write(chip.querySelector("[data-words]"), put(patterns[chip.dataset.target], { span: span(Math.abs(left) / 1000) }));
  }

  function tickOpening(chip, now) {
    const left = Date.parse(chip.dataset.opens) - now;
    chip.classList.toggle("green", left <= 0);
    write(chip, left <= 0 ? words.open : put(words.opens, { span: span(left / 1000) }));
  }

  const clocks = new Map();
  function hourIn(zone, now) {
    if (!clocks.has(zone)) {
      let clock = null;
      try {
        clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      } catch {
        // A zone that this browser does not know keeps the hour it came with.
      }
      clocks.set(zone, clock);
    }
    return clocks.get(zone)?.format(now);
  }

  function tick() {
    const now = Date.now() + ahead;
    document.querySelectorAll("time[data-target]").forEach((chip) => tickPromise(chip, now));
    document.querySelectorAll("[data-opens]").forEach((chip) => tickOpening(chip, now));
    document.querySelectorAll("[data-clock]").forEach((clock) => {
      const hour = hourIn(clock.dataset.clock, now);
      if (hour) write(clock, hour);
    });
  }

  function setUpFold() {
    const zones = document.getElementById("zones");
    if (!zones) return;
    if (document.documentElement.classList.contains(FOLDED)) zones.open = false;
    document.documentElement.classList.remove(FOLDED);
    zones.addEventListener("toggle", () => {
      try {
        if (zones.open) localStorage.removeItem(FOLDED);
        else localStorage.setItem(FOLDED, "1");
      } catch {
        // As above.
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    setUpFold();
    const given = document.getElementById("time-words");
    if (!given) return;
    words = JSON.parse(given.textContent);
    ahead = Date.parse(words.now) - Date.now();
    tick();
    setInterval(tick, 30_000);
    document.addEventListener("visibilitychange", () => document.hidden || tick());
  });
})();
