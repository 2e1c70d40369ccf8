// The counter of one's calls: read anew when something about calls happened, or the page comes back into sight.
(function () {
  "use strict";

  const TELLS = new Set(["paged", "acknowledged", "escalation_ended", "transition", "message_queued", "assigned"]);
  const counter = document.getElementById("my-calls");
  if (!counter || counter.dataset.watched) return;
  counter.dataset.watched = "1";
  let asking = false;

  async function read() {
    if (asking) return;
    asking = true;
    try {
      const response = await fetch(counter.dataset.countAddress, { headers: { "X-Requested-With": "fetch" } });
      if (!response.ok || response.redirected) return;
      const { open } = await response.json();
      counter.querySelector(".site-calls-number").textContent = open;
      counter.hidden = open === 0;
    } catch {
      // Without a connection the number stays as it was.
    } finally {
      asking = false;
    }
  }

  document.addEventListener("clearway:change", (event) => {
    if (TELLS.has(event.detail.type)) read();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) read();
  });
})();
