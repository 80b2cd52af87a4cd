// Who writes just now, and saying so oneself.
(() => {
  const LASTS = 6000; // a sign of writing that is not said again
  const SAYS = 3000;
  const { words, quietly, make, form, kindOf, room } = comptoir.marks;
  const writing = new Map(); // discussion -> Map of person -> {name, kind, until}
  const list = new Intl.ListFormat(comptoir.language, { type: "conjunction" });
  const sign = make("p", { className: "typing", role: "status", hidden: true });

  const writes = (id, by) => {
    const [key, name, kind] = by === true ? ["team"] : by;
    if (!writing.has(id)) writing.set(id, new Map());
    writing.get(id).set(key, { name, kind, until: Date.now() + LASTS });
    setTimeout(showWriting, LASTS + 50);
    showWriting();
  };

  const showWriting = () => {
    const here = writing.get(comptoir.openId() ?? comptoir.stream()?.dataset.discussion);
    here?.forEach(({ until }, key) => until <= Date.now() && here.delete(key));
    const now = [...(here?.entries() ?? [])];
    const names = list.format(now.map(([, { name }]) => name ?? ""));
    const said = now[0]?.[0] === "team" ? words.team : now.length > 1 ? words.more : now[0]?.[1].kind === "note" ? words.note : words.one;
    const middle = comptoir.stream()?.closest(".middle");
    if (middle && sign.parentElement !== middle) middle.append(sign);
    sign.hidden = !now.length;
    sign.toggleAttribute("data-note", now.length === 1 && now[0][1].kind === "note");
    sign.textContent = now.length ? said.replace("{names}", () => names) : "";
  };

  comptoir.on("message-arrived", ({ detail: { message } }) => {
    const { author } = message.dataset;
    const here = writing.get(message.parentElement?.dataset.discussion);
    here?.delete(author);
    if (author !== comptoir.key) here?.delete("team");
    showWriting();
  });

  let said = 0;
  const say = (form) => {
    if (Date.now() - said < SAYS || !form.elements.body.value.trim()) return;
    said = Date.now();
    quietly(comptoir.post(`${room(form)}/typing`, { kind: kindOf(form) }));
  };
  document.addEventListener("input", ({ target, isTrusted }) => {
    const form = target.closest?.(".composer");
    if (isTrusted && form && target === form.elements.body) say(form);
  });

  comptoir.on("pane-opened", showWriting);
  comptoir.marks.acts.typing = writes;
  const open = form();
  if (open?.matches(".composer") && comptoir.drafts.of(open.dataset.discussion)) say(open); // typed while this script was on its way
})();
