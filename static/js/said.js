// What is brought when it is first wanted: answering a message, links to messages, and `@name` while one writes.
(() => {
  const form = () => comptoir.composer.form();
  const bar = () => form()?.querySelector(".replying");
  const nameOf = (id) => `reply:${id}`;
  const later = (act) => setTimeout(act); // after the menu that was chosen from has given the focus back

  /** Shows what is answered, {id, author, line, note}, or nothing; it outlives the page, not the tab. */
  const show = (answered) => {
    const box = bar();
    if (!box) return;
    box.hidden = !answered;
    form().elements.reply_to.value = answered?.id ?? "";
    comptoir.slot(box, "author").textContent = answered?.author ?? "";
    comptoir.slot(box, "line").textContent = answered?.line ?? "";
    box.querySelector("small")?.toggleAttribute("hidden", !answered?.note);
    const text = form().querySelector('[name="kind"][type="radio"][value="text"]');
    if (answered?.note) comptoir.composer.setKind(form(), "note");
    if (text) text.disabled = Boolean(answered?.note);
    const { tab } = comptoir.own;
    if (answered) tab.set(nameOf(comptoir.openId()), answered);
    else tab.remove(nameOf(comptoir.openId()));
  };

  const answer = (message) => {
    const line = message.querySelector(".bubble").innerText.trim().split("\n")[0];
    show({ id: message.id.slice(2), author: message.querySelector(".who b").textContent, line: line.slice(0, 140), note: message.dataset.kind === "note" });
  };

  /** Whether that is still what the words here answer: they may have been sent while this was on its way, or another is open. */
  const wanted = (id) => form()?.elements.reply_to.value === id;

  const reply = (from) => {
    const message = from.closest(".message");
    if (!wanted(message.id.slice(2))) return;
    answer(message);
    comptoir.composer.keep();
    later(() => form()?.elements.body.focus());
  };

  const cancel = () => {
    show(null);
    comptoir.composer.keep();
    form()?.elements.body.focus();
  };

  const jump = (link) => {
    const message = document.getElementById(`m-${link.dataset.to}`);
    if (!message) return void location.assign(link.href);
    message.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    message.focus({ preventScroll: true });
    message.toggleAttribute("data-found", true);
    setTimeout(() => message.toggleAttribute("data-found", false), 2500);
  };

  const link = async (from) => {
    const { origin } = location;
    const folder = comptoir.stream().dataset.messages.replace(/\/messages$/, "");
    await navigator.clipboard?.writeText(`${origin}${folder}?at=${from.closest(".message").id.slice(2)}`);
    const [status] = document.querySelectorAll("mention-hints [role=status]");
    status.textContent = from.dataset.done;
  };

  const restore = () => {
    const kept = comptoir.own.tab.get(nameOf(comptoir.openId()));
    if (kept && bar()?.hidden) show(kept);
  };

  document.addEventListener("words-sent", () => show(null));
  /** What comes back into the composer, or from another device, answers that message, where it is shown; or none. */
  const back = (id) => {
    const message = id && document.getElementById(`m-${id}`);
    if (!wanted(id ?? "")) return;
    if (message) answer(message);
    else if (!id) show(null);
  };
  // A note's answer is a note, whatever one chooses afterwards.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target !== form()?.elements.body || bar().hidden) return;
    event.preventDefault();
    cancel();
  });

  const BEGUN = /(?:^|[^\p{L}\p{N}@/.?=&%#+_-])(@([^\n@]{0,40}))$/u;

  class MentionHints extends comptoir.Suggestions {
    async look() {
      const begun = BEGUN.exec(this.before);
      if (!begun) this.none = undefined; // who left the list left it for that name alone
      if (!begun || (this.none !== undefined && begun[2].startsWith(this.none))) return this.close();
      this.none = undefined;
      const at = this.field.selectionStart;
      this.asking?.abort();
      this.asking = new AbortController();
      const html = await fetch(`${this.dataset.from}?q=${encodeURIComponent(begun[2])}`, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: this.asking.signal })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .catch(() => null);
      if (html === null || this.field.selectionStart !== at) return;
      this.start = at - begun[1].length;
      this.list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").querySelectorAll("li"));
      if (!this.list.children.length && begun[2]) this.none = begun[2];
      this.open();
    }

    leave() {
      this.none = "";
      this.close();
    }

    take(item) {
      const { key, away } = item.dataset;
      const { chosen } = this.field.form.elements;
      comptoir.put(this.field, this.start, this.field.selectionStart, `@${item.querySelector(".what").textContent} `);
      this.close();
      chosen.value = `${chosen.value} ${key}`.trim();
      if (away) htmx.ajax("GET", away, { source: "#live", target: "#dialog" });
    }
  }

  comptoir.said = {
    reply, cancel, jump, link, restore, back,
    look: () => document.querySelector("mention-hints")?.look(),
  };
  customElements.define("mention-hints", MentionHints);
})();
