// What is seen, typed, drafted and felt, as it changes while pages stand open; loaded when there is any of it
// (marks-begin.js). It comes in personal frames, for nothing of it is in what is drawn for all.
(() => {
  const LASTS = 6000; // a sign of writing that is not said again
  const SAYS = 3000;
  const SAVES = 2000;
  const words = JSON.parse(document.getElementById("live").dataset.words);
  const page = comptoir.token(); // what this page is called among its person's
  const staff = document.body.dataset.face === "staff";
  const quietly = (promise) => promise.catch(() => null);
  const streamOf = (id) => (comptoir.stream()?.dataset.discussion === id ? comptoir.stream() : null);
  const make = (tag, properties, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };

  // --- who has read

  const readers = new Map(); // discussion -> {person: what the server said last}
  const seen = (id, by) => {
    const known = readers.get(id) ?? {};
    readers.set(id, Object.assign(known, { [by.key ?? "team"]: by }));
    if (streamOf(id)) comptoir.keepPlace(streamOf(id), () => showReaders(streamOf(id)));
  };

  const numbered = (stream, number) => stream.querySelector(`:scope > .message[data-number="${number}"]`);

  const showReaders = (stream) => {
    for (const by of Object.values(readers.get(stream.dataset.discussion) ?? {})) {
      if (typeof by === "number") showTeam(stream, by);
      else showReader(stream, by);
    }
  };

  const showTeam = (stream, number) => {
    const message = numbered(stream, number);
    if (!message || message.nextElementSibling?.matches(".seen")) return;
    stream.querySelector(":scope > .seen")?.remove();
    message.after(make("p", { className: "seen" }, icon("check-check"), words.seen));
  };

  const icon = (name) => {
    const use = document.querySelector("use").cloneNode();
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
    const svg = document.querySelector("svg.icon-s").cloneNode();
    svg.append(use);
    return svg;
  };

  const showReader = (stream, by) => {
    const message = numbered(stream, by.number);
    const old = stream.querySelector(`[data-reader="${CSS.escape(by.key)}"]`);
    const before = old?.parentElement;
    if (before && before.previousElementSibling === message) return;
    old?.remove();
    if (before?.querySelector("[data-reader]")) name(before);
    else before?.remove();
    if (message && message.dataset.author !== by.key) place(stream, message, by);
  };

  const place = (stream, message, by) => {
    let foot = message.nextElementSibling;
    if (!foot?.matches(".seen-by")) {
      foot = make("button", { className: "seen-by", type: "button" });
      foot.setAttribute("hx-get", `${stream.dataset.messages}/${message.id.slice(2)}/delivery`);
      foot.setAttribute("hx-target", "#dialog");
      message.after(foot);
      htmx.process(foot);
    }
    const face = make("span", { className: `avatar tiny hue-${Math.floor(by.hue / 15)}`, ariaHidden: "true" }, by.initials);
    const reader = make("span", {}, face);
    Object.assign(reader.dataset, { reader: by.key, name: by.name });
    foot.prepend(...foot.querySelectorAll("[data-reader]"), reader);
    name(foot);
  };

  const name = (foot) => {
    const names = [...foot.querySelectorAll("[data-reader]")].map(({ dataset }) => dataset.name).join(", ");
    foot.title = words.seen_by.replace("{names}", () => names);
    foot.querySelector(":scope > .hidden")?.remove();
    foot.append(make("span", { className: "hidden" }, foot.title));
  };

  // --- marked as unread

  const unread = (id, [read, last]) => {
    const row = document.getElementById(`row-${id}`);
    comptoir.unread.forget(id);
    if (row) row.dataset.read = read;
    if (!row?.hasAttribute("data-archived")) comptoir.unread.set(id, last, read);
    comptoir.rows.read(id, read);
    setTimeout(comptoir.rows.refresh, 400); // a list that was being asked for says what was so before
    const stream = streamOf(id);
    if (!stream) return;
    stream.dataset.read = read;
    stream.dataset.left = "";
    stream.querySelector(":scope > .new")?.remove();
    const first = [...stream.querySelectorAll(":scope > .message")].find((message) => Number(message.dataset.number) > read);
    first?.before(comptoir.clone("new-line-text"));
    comptoir.emit("stream-changed", { added: [] }, stream);
  };

  // --- who writes

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

  const room = (form) => form.action.replace(/\/messages$/, "");
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

  // --- what is typed

  const form = () => comptoir.composer?.form() ?? comptoir.answer?.() ?? null;
  const kindOf = (it) => it.elements.kind?.value ?? "text";
  const other = (kind) => (kind === "note" ? "text" : "note");
  const versions = new Map(); // "discussion:kind" -> which of the server's this page knows
  const aside = new Map(); // "discussion:kind" -> the words of the mode that is not shown
  const lines = new Map(); // discussion -> the draft as its row says it
  const timers = new Map();
  const NOTHING = { text: "", files: [] };
  let chain = Promise.resolve(); // one after the other: what was emptied last is empty

  const known = () => {
    const it = form();
    if (!it) return;
    for (const { kind, body, version, files } of JSON.parse(it.dataset.drafts ?? "[]")) {
      const its = `${it.dataset.discussion}:${kind}`;
      versions.set(its, version);
      if (kind !== kindOf(it)) aside.set(its, { text: body, files });
    }
    delete it.dataset.drafts;
    if (!anything(stands(it))) save(it.dataset.discussion, kindOf(it), NOTHING);
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

  // --- what is felt

  const mine = new Map(); // message -> a client's own emoji, which no fragment tells
  const feel = (message, emoji, on) => {
    const its = mine.get(message) ?? new Set();
    mine.set(message, its);
    if (on) its.add(emoji);
    else its.delete(emoji);
    show(message);
  };

  const show = (message) => {
    const article = document.getElementById(`m-${message}`);
    if (!article || article.classList.contains("deleted")) return;
    const its = mine.get(message);
    const box = article.querySelector(":scope > .reactions") ?? make("p", { className: "reactions" });
    box.querySelectorAll(".own").forEach((chip) => chip.remove());
    box.querySelectorAll(".reaction").forEach((chip) => chip.classList.toggle("mine", its.has(chip.dataset.react)));
    for (const emoji of its) {
      if (box.querySelector(`[data-react="${CSS.escape(emoji)}"]`)) continue;
      const chip = make("button", { className: "reaction own mine", type: "button", ariaLabel: `${emoji} ${words.you}` }, emoji);
      chip.dataset.react = emoji;
      box.append(chip);
    }
    if (!box.firstElementChild) box.remove();
    else if (!box.isConnected) article.querySelector(":scope > .body").after(box);
  };

  const toggle = async (article, emoji) => {
    const id = article.id.slice(2);
    const stream = article.closest(".stream");
    const chip = article.querySelector(`.reaction[data-react="${CSS.escape(emoji)}"]`);
    const on = staff ? !chip?.dataset.by.split(" ").includes(comptoir.key) : !mine.get(id)?.has(emoji);
    const response = await quietly(comptoir.post(`${stream.dataset.messages}/${id}/reactions${on ? "" : `?emoji=${encodeURIComponent(emoji)}`}`, { emoji }, on ? {} : { method: "DELETE" }));
    if (!response?.ok) return comptoir.toast(document.getElementById("failed-text").content.textContent);
    if (staff) await htmx.swap({ sourceElement: stream, target: stream, swap: "none", text: await response.text() });
    else feel(id, emoji, on);
  };

  /** The picker puts what is chosen into a field; here it is one that nobody sees. */
  const choose = async (article) => {
    const button = form()?.querySelector("[data-emoji]");
    if (!button || !(await comptoir.load(button))) return;
    const field = make("input", {});
    field.addEventListener("input", () => toggle(article, field.value));
    comptoir.emojiPicker(field, button);
  };

  const own = () => {
    const stream = comptoir.stream();
    for (const [message, signs] of Object.entries(JSON.parse(stream?.dataset.mine ?? "{}"))) mine.set(message, new Set(signs));
    delete stream?.dataset.mine;
    mine.forEach((_, message) => show(message));
  };

  comptoir.on("stream-changed", ({ target }) => {
    mine.forEach((_, message) => show(message));
    showReaders(target);
  });
  comptoir.on("pane-opened", () => {
    flushAll();
    known();
    own();
    showWriting();
  });

  /** What frames would have told while there was no line; after what was typed meanwhile is saved. */
  const again = () => (chain = chain.then(async () => {
    const address = comptoir.stream()?.dataset.messages.replace(/messages$/, "marks");
    const response = address && (await quietly(fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" })));
    if (!response?.ok || response.redirected) return;
    const unknown = ({ draft }) => draft && !draft[3] && !versions.get(`${draft[0]}:${draft[1]}`); // words that were never saved stay
    (await quietly(response.json()))?.forEach((told) => unknown(told) || comptoir.marks.told(told));
  }));

  comptoir.marks = {
    again,
    told(frame) {
      for (const [what, act] of [["seen", seen], ["typing", writes], ["unread", unread]]) {
        Object.entries(frame[what] ?? {}).forEach(([id, by]) => act(id, by));
      }
      if (frame.draft) drafted(frame.draft);
      if (frame.reaction) feel(...frame.reaction);
    },
    react(sign) {
      if (!comptoir.composer?.form()) return; // the page of a mail's link shows them, and no more
      const article = sign.closest(".message");
      if (sign.dataset.react) toggle(article, sign.dataset.react);
      else choose(article);
    },
  };
  known();
  own();
  if (form() && comptoir.drafts.of(form().dataset.discussion)) {
    if (form().matches(".composer")) say(form()); // typed while this script was on its way
    flush(form().dataset.discussion);
  }
})();
