// A client's answer to an announcement goes as a plain form, and is a draft as any other until it does.
(() => {
  const form = () => comptoir.pane()?.querySelector(".answer") ?? null;
  const keep = (it) => comptoir.drafts.keep(it.dataset.discussion, it.elements.body.value, "text", { files: comptoir.composer.filesOf(it) });

  const begin = () => {
    const it = form();
    if (!it) return;
    const draft = comptoir.drafts.of(it.dataset.discussion); // newer than the one that came with the page
    const { body } = it.elements;
    const typed = body.value === body.defaultValue ? "" : body.value; // before this script came
    if (draft) body.value = [draft.text, typed].filter(Boolean).join("\n\n");
    comptoir.composer.filesCome(it, draft);
    if (typed) keep(it);
  };

  document.addEventListener("input", ({ target }) => target.matches(".answer textarea") && keep(target.form));
  comptoir.on("shelf-changed", () => form() && keep(form()));
  // Its files may still be on their way to the shelf: it does not go without them.
  document.addEventListener("submit", (event) => {
    const shelf = event.target.matches(".answer") && event.target.querySelector("file-shelf");
    if (!shelf?.due?.length || shelf.take) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    comptoir.load(shelf).then((came) => came && event.target.requestSubmit());
  }, true);
  comptoir.on("htmx:after:request", ({ target, detail: { ctx } }) => {
    if (target.matches?.(".answer") && ctx.response?.status < 400) comptoir.drafts.keep(target.dataset.discussion, "", "text", { files: [] });
  });
  comptoir.on("pane-opened", begin);
  begin();
})();
