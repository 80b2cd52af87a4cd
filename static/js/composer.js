// The composer: Enter sends, the limit is said before it is reached, drafts are kept while one looks elsewhere.
(() => {
  const words = document.getElementById("limit-text").dataset;
  const form = () => comptoir.pane()?.querySelector(".composer") ?? null;
  const kindOf = (it) => it.elements.kind?.value ?? "text";

  const setKind = (it, kind) => {
    const radio = it.querySelector(`[name="kind"][value="${kind}"]`);
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const check = (it) => {
    const { body } = it.elements;
    comptoir.grow(body);
    const limit = Number(it.dataset.limit);
    const left = limit - comptoir.length(body.value);
    const counter = it.querySelector(".counter");
    counter.textContent = left < 0 ? `${words.over.replace("{n}", -left)} · ${counter.dataset.limitText}` : left <= limit / 10 ? words.left.replace("{n}", left) : "";
    counter.toggleAttribute("data-over", left < 0);
    it.querySelector(".send").disabled = left < 0;
  };

  const shelfOf = (it) => it.querySelector("file-shelf");
  const filesOf = (it) => shelfOf(it).brought ?? shelfOf(it).due ?? [];
  const joined = (...words) => words.filter(Boolean).join("\n\n");
  const keep = (it) => comptoir.drafts.keep(it.dataset.discussion, it.elements.body.value, kindOf(it), { ...more(it), files: filesOf(it) });

  /** Files that came before stand there again, when what shows them is here; what is sent before that takes them along. */
  const putBack = async (it, files, how = "restore") => {
    const shelf = shelfOf(it);
    const late = !shelf.restore;
    if (late) shelf.due = files, shelf.replaceChildren();
    if (files.length && (await comptoir.load(shelf))) shelf[how]?.(late ? shelf.due : files);
  };

  /** Those of the draft that this tab keeps, else those that came with the page. */
  const filesCome = (it, draft) => {
    const there = [...it.querySelectorAll("[name=file]")].map((box) => ({ id: box.value, name: box.parentElement.textContent, size: Number(box.dataset.size) }));
    putBack(it, draft?.more.files ?? there);
  };

  const begin = () => {
    const it = form();
    if (!it) return;
    const { body } = it.elements;
    it.querySelector("[data-emoji]").hidden = false;
    it.elements.token.value = comptoir.token();
    body.dataset.placeholder = body.placeholder;
    if (kindOf(it) === "note") body.placeholder = body.dataset.placeholderNote;
    const draft = comptoir.drafts.of(it.dataset.discussion); // newer than the one that came with the page
    const typed = body.value === body.defaultValue ? "" : body.value; // before this script came
    if (draft) {
      body.value = joined(draft.text, typed);
      if (!it.querySelector('[value="note"]:checked:not([checked])')) setKind(it, draft.kind);
    }
    filesCome(it, draft);
    const answered = comptoir.own.tab.get(nameOf(it));
    if (answered) answer(it, answered, "restore");
    body.setSelectionRange(body.value.length, body.value.length);
    check(it);
    if (typed) keep(it);
    const back = `back:${it.dataset.discussion}`;
    comptoir.own.tab.get(back)?.forEach((one) => takeBack(it, one));
    comptoir.own.tab.remove(back);
  };

  const submit = (it) => {
    const { body } = it.elements;
    const shelf = shelfOf(it);
    const part = it.elements.upload.files.length ? document.getElementById("attach") : comptoir.chosen?.has(shelf.dataset.uploads) && shelf;
    if (part) return void comptoir.load(part).then((came) => came && it.isConnected && submit(it)); // what brings the files that were chosen
    const files = shelf.take ? shelf.take(() => submit(it)) : shelf.due;
    if (!files) return; // they are on their way
    if (!body.value.trim() && !files.length) return body.focus();
    if (it.querySelector(".send").disabled) return;
    comptoir.send(it.dataset.discussion, it.action, body.value, kindOf(it), { files, more: more(it) });
    empty(it);
    it.querySelector(".composer-error").replaceChildren();
    body.focus();
  };

  /** What stood there went out, or waits to. */
  const empty = (it) => {
    it.querySelectorAll("[data-more]").forEach((field) => { field.value = ""; });
    comptoir.own.tab.remove(nameOf(it));
    comptoir.emit("words-sent");
    const shelf = shelfOf(it);
    shelf.due = [];
    shelf.clear?.();
    it.elements.body.value = "";
    keep(it);
    check(it);
  };
  comptoir.on("composer-taken", () => form() && empty(form()));
  comptoir.on("shelf-changed", () => form() && keep(form()));

  /** What else goes with the words, of fields that say so: which message they answer, whom names mean. */
  const more = (it) => Object.fromEntries([...it.querySelectorAll("[data-more]")].map(({ name, value }) => [name, value]).filter(([, value]) => value));

  // Answers, links to messages and `@name` are brought when first wanted (said.js).
  const said = async (act, from) => {
    const hints = document.querySelector("mention-hints");
    const came = hints && (await comptoir.load(hints));
    if (came) comptoir.said[act](from);
    return came;
  };
  const nameOf = (it) => `reply:${it.dataset.discussion}`;
  /** What is written answers {id, note} from now on, whether or not what shows so is here. A note's answer is a note. */
  const answer = async (it, { id, note }, act, from) => {
    const { reply_to } = it.elements;
    reply_to.value = id;
    if (note) setKind(it, "note");
    if (!(await said(act, from)) && reply_to.value === id) reply_to.value = "";
  };
  const answered = (message) => ({ id: message.id.slice(2), note: message.dataset.kind === "note" });
  /** The same of what comes back, or from another device, where that message is shown; or it answers none. */
  const answers = async (it, id) => {
    const message = id && document.getElementById(`m-${id}`);
    if (!it.elements.reply_to || it.elements.reply_to.value === (id ?? "") || (id && !message)) return;
    await answer(it, message ? answered(message) : { id: "" }, "back", id);
  };
  document.addEventListener("click", (event) => {
    const from = event.target.closest?.("[data-said]");
    const it = form();
    if (!from || !it || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (from.dataset.said === "reply") answer(it, answered(from.closest(".message")), "reply", from);
    else said(from.dataset.said, from);
  });

  // The picker of emoji is not part of the page: it comes when it is first wanted.
  comptoir.pickEmoji = async (field) => {
    const button = field.form.querySelector("[data-emoji]");
    const still = comptoir.moment();
    if ((await comptoir.load(button)) && still() && field.isConnected) comptoir.emojiPicker(field, button);
  };

  document.addEventListener("keydown", (event) => {
    const it = event.target.closest?.(".composer");
    if (!it || event.target !== it.elements.body) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && !event.isComposing && !event.altKey) {
      const sends = it.hasAttribute("data-enter-sends") ? !event.shiftKey : command;
      if (!sends && !command) return;
      event.preventDefault();
      submit(it);
    } else if (event.key === "ArrowUp" && !event.target.value) {
      const own = [...comptoir.stream().querySelectorAll(`.message[data-author="${CSS.escape(comptoir.key)}"]:not(.deleted)`)].at(-1);
      if (own) event.preventDefault(), comptoir.messageMenu(own).querySelector("[data-edit]").click();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer")) return;
    event.preventDefault();
    submit(event.target);
  }, true);
  document.addEventListener("input", (event) => {
    const it = event.target.closest?.(".composer");
    if (!it || event.target !== it.elements.body) return;
    check(it);
    keep(it);
    if (!comptoir.said && it.elements.body.value.includes("@")) said("look");
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "kind" || !event.target.closest(".composer")) return;
    const { body } = event.target.form.elements;
    body.placeholder = event.target.value === "note" ? body.dataset.placeholderNote : body.dataset.placeholder;
    document.getElementById("reach")?.replaceChildren("\u00a0"); // who will see it is said anew
    keep(event.target.form);
    body.focus();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-emoji]");
    if (button) comptoir.pickEmoji(button.form.elements.body);
  });
  const takeBack = (it, { body: words, kind, files, more: its }) => {
    const { body } = it.elements;
    // Beside a note that is being written, what comes back is a note too: the note's words must not go out with it.
    if (!body.value || kind === "note") setKind(it, kind);
    body.value = joined(words, body.value);
    if (files?.length) putBack(it, files).then(() => keep(it));
    if (its?.reply_to) answers(it, its.reply_to).then(() => keep(it));
    check(it);
    keep(it);
    body.focus();
  };
  // Who looks at another discussion by then finds it where it was written.
  comptoir.on("take-back", ({ detail }) => {
    const it = form();
    const { tab } = comptoir.own;
    const back = `back:${detail.discussion}`;
    if (it?.dataset.discussion === detail.discussion) takeBack(it, detail);
    else tab.set(back, [...(tab.get(back) ?? []), detail]);
  });
  // What is undone: its words are taken from the page that showed them, once the server says that they went nowhere. Here
  // and not with what counts its seconds (later.js), which may be on its way still.
  comptoir.on("htmx:before:request", ({ detail: { ctx } }) => {
    const held = ctx.sourceElement?.closest?.(".held[data-left]");
    if (!held) return;
    const { kind, files, more } = held.dataset;
    ctx.undone = { discussion: comptoir.openId(), body: held.querySelector("[data-words]").textContent, kind, files: JSON.parse(files), more: JSON.parse(more) };
  });
  comptoir.on("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx.undone && ctx.response?.status < 300) comptoir.emit("take-back", ctx.undone);
  });
  // Who is here changes by itself: asked again when one begins to write, and when somebody has written.
  const WAIT = 15000;
  let asked = 0;
  const askReach = () => {
    if (Date.now() - asked < WAIT) return;
    asked = Date.now();
    document.getElementById("reach")?.dispatchEvent(new CustomEvent("reach-changed"));
  };
  document.addEventListener("focusin", (event) => event.target.matches?.(".composer textarea") && askReach());
  comptoir.on("message-arrived", askReach);
  comptoir.on("pane-opened", begin);
  comptoir.composer = { setKind, form, filesOf, filesCome, putBack, answers, keep: () => form() && keep(form()), text: () => form()?.elements.body.value ?? "" };
  begin();
})();
