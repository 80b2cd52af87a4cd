// Messages on their way, shown at once at the end of the stream. What fails says why and keeps its text.
(() => {
  const place = (id) => (comptoir.openId() === id ? comptoir.pane().querySelector(".outbox") : null);
  const LOOKS = { queued: "sending" };
  const elements = new Map(); // token -> what is shown for it

  const made = (item) => {
    const element = comptoir.clone("pending");
    comptoir.slot(element, "body").textContent = item.body;
    const card = ({ name }) => Object.assign(document.createElement("li"), { className: "attachment", textContent: name });
    comptoir.slot(element, "files").append(...(item.files ?? []).map(card));
    element.classList.toggle("note", item.kind === "note");
    element.querySelector("[data-note]")?.toggleAttribute("hidden", item.kind !== "note");
    element.dataset.token = item.token;
    elements.set(item.token, element);
    return element;
  };

  const draw = (item) => {
    const box = place(item.discussion);
    if (!box) return;
    const shown = elements.get(item.token);
    const element = shown?.isConnected ? shown : made(item);
    element.hidden = false;
    element.dataset.state = LOOKS[item.state] ?? item.state;
    comptoir.slot(element, "reason").textContent = item.reason ?? "";
    if (shown !== element) arrange(box, item.discussion);
  };

  /** In the order in which they go; also those that another window wrote. */
  const arrange = (box, id) => box.append(...comptoir.outbox.of(id).map(({ token }) => elements.get(token)).filter(Boolean));

  comptoir.on("outbox-changed", ({ detail: item }) => {
    draw(item);
    if (item.state === "failed") comptoir.load(document.getElementById("unsent")); // where that is in no open discussion
  });
  comptoir.on("outbox-left", ({ detail: item }) => {
    elements.get(item.token)?.remove();
    elements.delete(item.token);
  });
  comptoir.on("stream-opened", ({ detail: { id } }) => comptoir.outbox.of(id).forEach(draw));

  // The frame with one's own message may come before the answer: do not show it twice meanwhile.
  comptoir.on("message-arrived", ({ detail: { message } }) => {
    if (message.dataset.author !== comptoir.key) return;
    const its = ({ state, kind, token }) => state === "sending" && kind === message.dataset.kind && !elements.get(token)?.hidden;
    const item = comptoir.outbox.of(message.parentElement.dataset.discussion).find(its);
    if (item) elements.get(item.token)?.toggleAttribute("hidden", true);
  });

  document.addEventListener("click", (event) => {
    const token = event.target.closest?.(".pending")?.dataset.token;
    const item = token && comptoir.outbox.all().find((one) => one.token === token);
    if (!item) return;
    if (event.target.closest("[data-retry]")) comptoir.outbox.retry(item);
    if (event.target.closest("[data-discard]")) comptoir.outbox.drop(item);
    if (event.target.closest("[data-take-back]")) {
      comptoir.outbox.drop(item);
      comptoir.emit("take-back", item);
    }
  });
})();
