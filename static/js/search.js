// The search page: a hint writes its operator into the field, with what stands for a value chosen; arrows walk the hits.
(() => {
  const field = document.getElementById("search-words");
  const hits = () => [...document.querySelectorAll("#found a, #found button")];

  document.addEventListener("click", (event) => {
    const hint = event.target.closest?.("[data-hint]")?.dataset.hint;
    if (!hint) return;
    const before = field.value.trimEnd();
    const start = before ? before.length + 1 : 0;
    field.value = `${before}${before ? " " : ""}${hint}`;
    field.focus();
    const colon = hint.indexOf(":") + 1;
    field.setSelectionRange(start + colon, field.value.length);
    if (hint === document.querySelector("[data-hint]:last-child").dataset.hint) field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = hits().indexOf(document.activeElement);
    if (!step || (document.activeElement !== field && at < 0) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    (at + step < 0 ? field : hits()[Math.min(at + step, hits().length - 1)])?.focus();
  });

  // The keyboard stays where older hits came.
  document.addEventListener("htmx:before:swap", (event) => {
    const more = event.detail.ctx?.target;
    if (!more?.matches?.(".hits-more") || !more.contains(document.activeElement)) return;
    const last = more.previousElementSibling;
    document.addEventListener("htmx:after:swap", () => last?.nextElementSibling?.querySelector("a")?.focus(), { once: true });
  });
})();
