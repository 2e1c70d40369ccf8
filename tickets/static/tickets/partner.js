// Countdowns go on while the page is open. Without script they stand as they were when it was loaded.
"use strict";
(() => {
  const words = JSON.parse(document.getElementById("main").dataset.spans);
  const fill = (pattern, values) => pattern.replace(/{(\w)}/g, (_, name) => values[name]);
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    if (hours < 1) return fill(words.minutes, { m: minutes });
    if (days >= 1) return days === 1 ? words.day : fill(words.days, { d: days });
    const rest = minutes % 60;
    if (hours < 10 && rest) return fill(words.hours_minutes, { h: hours, m: String(rest).padStart(2, "0") });
    return fill(words.hours, { h: hours });
  };
  const show = () => {
    for (const one of document.querySelectorAll("[data-due]")) {
      const seconds = (Date.parse(one.dataset.due) - Date.now()) / 1000;
      const text = (seconds > 0 ? one.dataset.left : one.dataset.late).replace("§", span(Math.abs(seconds)));
      one.classList.toggle("late", seconds <= 0);
      const time = one.querySelector("time");
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(show, 5000);
})();
