// What is seen, typed, drafted and felt, as it changes while pages stand open; loaded when there is any of it
// (marks-begin.js). It comes in personal frames, for nothing of it is in what is drawn for all. Here is what its parts
// share, and what is marked as unread; the parts are marks-seen, marks-typing, marks-drafts and marks-felt.
(() => {
  const quietly = (promise) => promise.catch(() => null);
  const streamOf = (id) => (comptoir.stream()?.dataset.discussion === id ? comptoir.stream() : null);

  const make = (tag, properties, ...inside) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...inside);
    return element;
  };

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

  comptoir.marks = {
    quietly, streamOf, make,
    words: JSON.parse(document.getElementById("live").dataset.words),
    page: comptoir.token(), // what this page is called among its person's
    staff: document.body.dataset.face === "staff",
    form: () => comptoir.composer?.form() ?? document.querySelector(".pane .answer"),
    kindOf: (it) => it.elements.kind?.value ?? "text",
    room: (form) => form.action.replace(/\/messages$/, ""),
    /** What a frame's entries do: most are {discussion: what is said of it}. */
    acts: { unread },
    told(frame) {
      for (const what of ["seen", "typing", "unread"]) {
        Object.entries(frame[what] ?? {}).forEach(([id, by]) => this.acts[what](id, by));
      }
      if (frame.draft) this.acts.draft(frame.draft);
      if (frame.reaction) this.acts.reaction(...frame.reaction);
    },
  };
})();
