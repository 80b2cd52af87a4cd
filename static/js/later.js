// What can be undone runs down second by second, and comes back to the composer; dialogs that ask when.
(() => {
  const tick = () => document.querySelectorAll(".held[data-left]").forEach((held) => {
    held.ends ??= Date.now() + 1000 * held.dataset.left;
    const left = Math.ceil((held.ends - Date.now()) / 1000);
    comptoir.slot(held, "left").textContent = left > 0 ? left : "…";
    if (left < -2 && left % 3 === 0) comptoir.emit("due", {}, document.body); // it went, and no frame said so
  });
  setInterval(tick, 500);
  tick();

  // The words are taken from the page that showed them, once the server says that they went nowhere.
  document.addEventListener("htmx:before:request", (event) => {
    const held = event.detail.ctx.sourceElement?.closest?.(".held");
    if (held) event.detail.ctx.undone = { discussion: comptoir.openId(), body: held.querySelector("[data-words]").textContent, kind: held.dataset.kind, files: JSON.parse(held.dataset.files), more: JSON.parse(held.dataset.more) };
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { undone, response } = event.detail.ctx;
    if (undone && response?.status < 300) comptoir.emit("take-back", undone);
  });

  // Who sets a time of their own means that one.
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-own]")) event.target.form.querySelector('[name="when"][value="own"]').checked = true;
  });
})();
