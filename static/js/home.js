// The console's home follows what happens: it is asked for again, and the keyboard stays where it was.
(() => {
  const home = document.getElementById("home");
  const rows = () => [...home.querySelectorAll(".row")];
  let waiting = null;

  const refresh = () => {
    waiting = null;
    htmx.ajax("GET", home.dataset.refresh, { source: home, target: home, swap: "innerMorph" });
  };
  const soon = () => { waiting ??= setTimeout(refresh, 250); };

  document.getElementById("live").addEventListener("htmx:ws:before:message:incoming", (event) => {
    const { data } = event.detail.message;
    if (typeof data !== "string" || !data.startsWith('{"beat"')) soon();
  });
  comptoir.on("live-open", soon);
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (ctx?.target === home) ctx.at = rows().indexOf(document.activeElement.closest("li")?.querySelector(".row"));
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    // What one was at may have gone: the next one takes its place.
    if (ctx?.at >= 0 && document.activeElement === document.body) rows()[Math.min(ctx.at, rows().length - 1)]?.focus({ preventScroll: true });
  });
  home.addEventListener("focusin", () => comptoir.load(home), { once: true });
  home.addEventListener("pointerover", () => comptoir.load(home), { once: true });
})();
