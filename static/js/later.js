// What can be undone runs down second by second (composer.js takes it back); dialogs that ask when.
(() => {
  const tick = () => document.querySelectorAll(".held[data-left]").forEach((held) => {
    held.ends ??= Date.now() + 1000 * held.dataset.left;
    const left = Math.ceil((held.ends - Date.now()) / 1000);
    comptoir.slot(held, "left").textContent = left > 0 ? left : "…";
    if (left < -2 && left % 3 === 0) comptoir.emit("due", {}, document.body); // it went, and no frame said so
  });
  setInterval(tick, 500);
  tick();

  // Who sets a time of their own means that one.
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-own]")) event.target.form.querySelector('[name="when"][value="own"]').checked = true;
  });
})();
