// Runs before Unfold's own scripts: the first visit starts with a narrow side bar, the work needs the width.
(function () {
  "use strict";
  try {
    if (localStorage.getItem("sidebarWidth") === null) {
      localStorage.setItem("sidebarWidth", "224");
    }
  } catch {
    // Storage may be switched off; Unfold then uses its own width.
  }
})();
