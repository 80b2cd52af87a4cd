// Drafts go to the server, and from it to one's other pages.
(() => {
  const SAVES = 2000;
  const { words, page, staff, quietly, make, form, kindOf } = comptoir.marks;
  const other = (kind) => (kind === "note" ? "text" : "note");
  const versions = new Map(); // "discussion:kind" -> which of the server's this page knows
  const aside = new Map(); // "discussion:kind" -> the words of the mode that is not shown
  const lines = new Map(); // discussion -> the draft as its row says it
  const timers = new Map();
  const NOTHING = { text: "", files: [] };
  let chain = Promise.resolve(); // one after the other: what was emptied last is empty

  const known = () => {
    const it = form();
    if (!it?.dataset.drafts) return;
    const id = it.dataset.discussion;
    const came = JSON.parse(it.dataset.drafts);
    delete it.dataset.drafts;
    for (const kind of ["text", "note"]) versions.delete(`${id}:${kind}`);
    for (const { kind, body, version, files } of came) {
      const its = `${id}:${kind}`;
      versions.set(its, version);
      if (kind !== kindOf(it)) aside.set(its, { text: body, files });
      else if (!anything(stands(it))) save(id, kind, NOTHING);
    }
    // A page that was asked for while words were on their way to the server came without them.
    if (comptoir.drafts.saved(id) > Math.max(0, ...came.map(({ version }) => version))) again();
    comptoir.drafts.note(id, 0);
  };

  /** What stands in the composer: {text, files}. */
  const stands = (it) => ({ text: it.elements.body.value, files: comptoir.composer.filesOf(it) });
  const anything = ({ text, files }) => Boolean(text || files.length);

  const save = (id, kind, { text, files, ...more }, how) => (chain = chain.then(async () => {
    const its = `${id}:${kind}`;
    const base = versions.get(its) ?? 0;
    if (!anything({ text, files }) && !base) return;
    const said = { ...more, kind, body: text, base, page, files: files.map((file) => file.id).join(" ") };
    const response = await quietly(comptoir.post(`${staff ? "/console" : ""}/discussions/${id}/draft`, said, how));
    if (!response?.ok) {
      // Kept in this tab, and told again when the line is back: also that what the server has was sent, or emptied.
      if (!anything({ text, files }) && !comptoir.drafts.of(id)) comptoir.own.tab.set(`draft:${id}`, { text, kind, more: { files } });
      return;
    }
    const answer = await response.json();
    versions.set(its, answer.version);
    comptoir.drafts.note(id, answer.version);
    const mine = comptoir.drafts.of(id);
    if (mine?.kind === kind && mine.text === text && JSON.stringify(mine.more) === JSON.stringify({ ...more, files })) comptoir.own.tab.remove(`draft:${id}`);
    joined(id, kind, answer, files);
  }));

  /** What another device saved meanwhile stands before what is written here, and its files beside. */
  const joined = (id, kind, { before, files }, known) => {
    const it = form();
    if (it?.dataset.discussion !== id || kindOf(it) !== kind) return;
    const theirs = files.filter((file) => !known.some((one) => one.id === file.id));
    if (theirs.length) comptoir.composer.putBack(it, theirs);
    if (!before) return;
    it.elements.body.setRangeText(before, 0, 0, "preserve");
    it.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const flush = (id, how) => {
    clearTimeout(timers.get(id));
    const mine = comptoir.drafts.of(id);
    if (mine) save(id, mine.kind, { ...mine.more, text: mine.text }, how);
  };
  const flushAll = (how) => comptoir.own?.tab.names("draft:").forEach((name) => flush(name.slice("draft:".length), how));

  comptoir.on("draft-kept", ({ detail: { id, text, kind, more } }) => {
    clearTimeout(timers.get(id));
    if (anything({ text, files: more.files })) timers.set(id, setTimeout(flush, SAVES, id));
    else save(id, kind, NOTHING, { keepalive: true });
  });

  // Each mode has words and files of its own. Where the other has none, what stands there goes along.
  document.addEventListener("change", ({ target, isTrusted }) => {
    const it = target.closest?.(".composer");
    if (!isTrusted || !it || target.name !== "kind") return;
    const { body } = it.elements;
    const id = it.dataset.discussion;
    const [now, before] = [target.value, other(target.value)];
    const here = stands(it);
    const held = aside.get(`${id}:${now}`);
    aside.delete(`${id}:${now}`);
    save(id, before, held ? here : NOTHING);
    if (!held) return;
    if (anything(here)) aside.set(`${id}:${before}`, here);
    body.value = held.text;
    put(it, held.files).then(comptoir.composer.keep);
    body.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /** What another page of the same person saved. Words that stand here unsaved stay: they go with the next saving. */
  const drafted = ([id, kind, text, version, from, files, answered]) => {
    const drawn = { text, files };
    line(id, anything(drawn) ? drawn : aside.get(`${id}:${other(kind)}`) ?? NOTHING);
    const it = form();
    if (from === page || it?.dataset.discussion !== id || comptoir.drafts.of(id)) return;
    versions.set(`${id}:${kind}`, version);
    const { body } = it.elements;
    if (kind !== kindOf(it) && (anything(stands(it)) || !anything(drawn))) return void (anything(drawn) ? aside.set(`${id}:${kind}`, drawn) : aside.delete(`${id}:${kind}`));
    comptoir.composer.setKind(it, kind);
    body.value = text;
    put(it, files);
    comptoir.composer.answers(it, answered);
    comptoir.own.tab.remove(`draft:${id}`);
    comptoir.grow(body);
  };
  const put = async (it, files) => {
    if (files.length) await comptoir.composer.putBack(it, files, "hold");
    else it.querySelector("file-shelf").hold?.([]);
  };

  const line = (id, drawn) => {
    const text = typeof drawn === "string" ? drawn : drawn.text || (drawn.files.length ? `📎 ${drawn.files.length}` : "");
    lines.set(id, text);
    const row = document.getElementById(`row-${id}`);
    row?.querySelector(":scope > .draft")?.remove();
    if (!row || !text) return;
    const label = make("b", {}, words.draft);
    row.querySelector(":scope > .last").before(make("span", { className: "last draft" }, label, " ", make("bdi", {}, text.slice(0, 160))));
  };
  comptoir.on("row-changed", ({ detail: { id, row } }) => lines.get(id) && !row.querySelector(":scope > .draft") && line(id, lines.get(id)));
  document.querySelectorAll(".row > .draft").forEach((shown) => lines.set(shown.parentElement.dataset.discussion, shown.querySelector("bdi").textContent));
  comptoir.on("live-open", () => flushAll());
  addEventListener("pagehide", () => flushAll({ keepalive: true }));
  comptoir.on("pane-opened", () => {
    flushAll();
    known();
  });

  /** What frames would have told while there was no line; after what was typed meanwhile is saved. */
  const again = () => (chain = chain.then(async () => {
    const address = comptoir.stream()?.dataset.messages.replace(/messages$/, "marks");
    const response = address && (await quietly(fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" })));
    if (!response?.ok || response.redirected) return;
    const unknown = ({ draft }) => draft && !draft[3] && !versions.get(`${draft[0]}:${draft[1]}`); // words that were never saved stay
    (await quietly(response.json()))?.forEach((told) => unknown(told) || comptoir.marks.told(told));
  }));

  comptoir.marks.again = again;
  comptoir.marks.acts.draft = drafted;
  known();
  if (form() && comptoir.drafts.of(form().dataset.discussion)) flush(form().dataset.discussion);
})();
