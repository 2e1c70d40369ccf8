// Reads codes with the camera where the browser knows how (BarcodeDetector); a hand scanner and pasting always work.
"use strict";
(() => {
  const box = document.getElementById("camera");
  const field = document.querySelector("#scans textarea");
  if (!box || !field) return;
  const button = document.getElementById("camera-switch");
  const view = document.getElementById("camera-view");
  const says = document.getElementById("camera-says");
  const words = box.dataset;
  const add = (text) => {
    const number = text.trim();
    const known = field.value.split("\n").map((line) => line.trim());
    if (!number || known.includes(number)) return false;
    field.value = [...known.filter(Boolean), number].join("\n") + "\n";
    return true;
  };
  box.hidden = false;
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) {
    button.hidden = true;
    says.textContent = words.none;
    return;
  }
  let stream = null;
  let detector = null;
  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    view.hidden = true;
    view.srcObject = null;
    button.textContent = words.start;
  };
  const look = async () => {
    if (!stream) return;
    try {
      for (const code of await detector.detect(view)) {
        if (add(code.rawValue)) says.textContent = `${words.found} ${code.rawValue}`;
      }
    } catch {
      // A picture that is not there yet: the next one is.
    }
    if (stream) setTimeout(look, 200);
  };
  const start = async () => {
    try {
      detector = detector || new BarcodeDetector();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.srcObject = stream;
      view.hidden = false;
      await view.play();
      button.textContent = words.stop;
      says.textContent = "";
      look();
    } catch {
      stop();
      says.textContent = words.refused;
    }
  };
  button.textContent = words.start;
  button.addEventListener("click", () => (stream ? stop() : start()));
  addEventListener("pagehide", stop);
})();
