// What was typed and not sent, and what goes along, as this tab keeps it until the server has it (marks.js): one looks
// something up elsewhere, or the line is broken. What stands here is newer than what the server knows.
comptoir.drafts = {
  /** {text, kind, more} of what stands in the composer of that discussion, or null. */
  of: (id) => comptoir.own.tab.get(`draft:${id}`),
  /** `more`: {files: [{id, name, size}], reply_to, chosen}. */
  keep(id, text, kind, more) {
    if (text || more.files.length) comptoir.own.tab.set(`draft:${id}`, { text, kind, more });
    else comptoir.own.tab.remove(`draft:${id}`);
    comptoir.emit("draft-kept", { id, text, kind, more });
  },
};

// A client's answer to an announcement goes as a plain form, and is a draft like others until it does.
comptoir.answer = () => comptoir.pane()?.querySelector(".answer") ?? null;
document.addEventListener("input", ({ target }) => {
  const it = target.name === "body" && target.closest(".answer");
  if (it) comptoir.drafts.keep(it.dataset.discussion, target.value, "text");
});
comptoir.on("htmx:after:request", ({ target, detail: { ctx } }) => {
  if (target.matches?.(".answer") && ctx.response?.status < 400) comptoir.drafts.keep(target.dataset.discussion, "", "text");
});
(() => {
  const begin = () => {
    const it = comptoir.answer();
    const draft = it && comptoir.drafts.of(it.dataset.discussion);
    if (draft) it.elements.body.value = draft.text;
  };
  comptoir.on("pane-opened", begin);
  document.addEventListener("DOMContentLoaded", begin);
})();
