// Messages on their way: shown at once at the end of the stream, posted one after the other, tried again with the
// same token, so that none is sent twice. What fails says why and keeps its text. What is on its way outlives the page
// as drafts do (drafts.js forgets it with them): the next page takes it up where this one was left.
(() => {
  const boxes = new Map(); // discussion id -> its messages on the way, oldest first
  const boxOf = (id) => boxes.get(id) ?? boxes.set(id, []).get(id);
  const all = () => [...boxes.values()].flat();
  const NAME = `draft:${comptoir.key}:outbox`;
  let kept = true;
  let leaving = false;

  const keep = () => {
    if (leaving) return;
    // What was refused for a sign-out goes out by itself when the same person is back.
    const items = all().map(({ discussion, url, body, kind, token, state, reason, signedOut }) => ({ discussion, url, body, kind, token, reason, state: signedOut ? "waiting" : state }));
    try {
      if (items.length) sessionStorage.setItem(NAME, JSON.stringify(items));
      else sessionStorage.removeItem(NAME);
      kept = true;
    } catch {
      kept = false; // no room
    }
  };
  const outbox = (id) => (comptoir.openId() === id ? comptoir.pane().querySelector(".outbox") : null);

  const draw = (item) => {
    const place = outbox(item.discussion);
    if (!place) return;
    if (!item.element?.isConnected) {
      item.element = comptoir.clone("pending");
      comptoir.slot(item.element, "body").textContent = item.body;
      item.element.classList.toggle("note", item.kind === "note");
      item.element.querySelector("[data-note]")?.toggleAttribute("hidden", item.kind !== "note");
      item.element.pending = item;
      place.append(item.element);
    }
    item.element.dataset.state = item.state;
    comptoir.slot(item.element, "reason").textContent = item.reason ?? "";
  };

  const set = (item, state, reason) => {
    Object.assign(item, { state, reason });
    keep();
    if (item.element) item.element.hidden = false;
    draw(item);
  };

  const drop = (item) => {
    boxes.set(item.discussion, boxOf(item.discussion).filter((other) => other !== item));
    item.element?.remove();
    keep();
  };

  const reasonIn = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

  const deliver = async (item) => {
    set(item, "sending");
    let response;
    let text;
    try {
      response = await comptoir.post(item.url, { body: item.body, kind: item.kind, token: item.token }, AbortSignal.timeout(20000));
      text = await response.text();
    } catch {
      return set(item, "waiting");
    }
    if (response.ok) {
      const stream = comptoir.stream();
      if (stream?.dataset.discussion === item.discussion) {
        await htmx.swap({ sourceElement: stream, target: stream, swap: "none", text });
      }
      return drop(item);
    }
    if ((response.status === 503 || response.status === 429) && (item.tries = (item.tries ?? 0) + 1) < 4) {
      set(item, "waiting");
      item.after = Date.now() + 1000 * Number(response.headers.get("Retry-After") || 3);
      return;
    }
    item.signedOut = response.status === 401;
    set(item, "failed", reasonIn(text) || document.getElementById("failed-text").content.textContent);
  };

  const running = new Set();
  const run = async (id) => {
    if (running.has(id)) return;
    running.add(id);
    try {
      for (let item; (item = boxOf(id).find(({ state, after = 0 }) => state === "queued" || (state === "waiting" && after <= Date.now()))); ) {
        await deliver(item);
        if (item.state === "waiting") break; // the order is kept: what waits goes before what follows
      }
    } finally {
      running.delete(id);
    }
  };
  const runAll = () => boxes.forEach((box, id) => box.length && run(id));

  comptoir.send = (discussion, url, body, kind) => {
    const item = { discussion, url, body, kind, token: comptoir.token(), state: "queued" };
    boxOf(discussion).push(item);
    set(item, boxOf(discussion).some(({ state }) => state === "waiting") ? "waiting" : "queued");
    if (item.state === "queued") item.element.dataset.state = "sending";
    comptoir.scroll.toEnd();
    run(discussion);
  };

  // The frame with one's own message may come before the answer: do not show it twice meanwhile.
  comptoir.on("message-arrived", (event) => {
    const { message } = event.detail;
    if (message.dataset.author !== comptoir.key) return;
    const item = boxOf(message.parentElement.dataset.discussion).find(({ state, kind, element }) => state === "sending" && kind === message.dataset.kind && !element?.hidden);
    if (item?.element) item.element.hidden = true;
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest?.(".pending")?.pending;
    if (!item) return;
    if (event.target.closest("[data-retry]")) set(item, "queued"), run(item.discussion);
    if (event.target.closest("[data-discard]")) drop(item);
    if (event.target.closest("[data-take-back]")) {
      drop(item);
      comptoir.emit("take-back", item);
    }
  });

  comptoir.on("stream-opened", (event) => boxOf(event.detail.id).forEach(draw));
  comptoir.on("live-open", runAll);
  addEventListener("online", runAll);
  setInterval(runAll, 4000);

  /** The words of what was not sent there, which is forgotten: for who is no longer in that discussion. */
  comptoir.takeUnsent = (id) => {
    const words = boxOf(id).map(({ body }) => body);
    boxes.delete(id);
    keep();
    return words;
  };

  // Signing out forgets what is kept, so that is asked about; else only what could not be kept is.
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/logout") leaving = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!(leaving || !kept) || !all().length) return;
    event.preventDefault();
    setTimeout(() => dispatchEvent(new Event("pageshow"))); // who stays can use the form again
  });

  for (const item of JSON.parse(sessionStorage.getItem(NAME)) ?? []) boxOf(item.discussion).push(item);
  for (const item of all()) set(item, item.state === "failed" ? "failed" : "waiting", item.reason);
  runAll();
})();
