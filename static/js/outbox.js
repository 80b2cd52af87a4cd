// The outbox: messages on their way, posted one after the other in each discussion and tried again with the same token,
// so that none is sent twice. Each is kept until the server has it, beyond the page and the window; all windows of a
// person show the same, and one of them sends.
(() => {
  const FIELDS = ["discussion", "url", "body", "kind", "files", "more", "token", "at", "state", "reason", "gone", "signedOut", "tries", "after"];
  const TRIES = 4; // of what the server puts off; without a line it is tried until there is one
  const LATEST = 24 * 3600 * 1000; // words of yesterday go out by hand only
  const items = new Map(); // token -> message, each with its state: queued, sending, waiting, failed
  const { own } = comptoir;
  const nameOf = (item) => `out:${item.token}`;
  const boxOf = (id) => [...items.values()].filter(({ discussion }) => discussion === id).sort((a, b) => a.at - b.at);

  const keep = (item) => {
    item.kept = own.set(nameOf(item), Object.fromEntries(FIELDS.map((field) => [field, item[field]])));
  };

  const set = (item, state, reason) => {
    if (items.get(item.token) !== item) return; // given up meanwhile
    Object.assign(item, { state, reason });
    keep(item);
    comptoir.emit("outbox-changed", item);
  };

  const drop = (item, here = true) => {
    items.delete(item.token);
    if (here) own.remove(nameOf(item));
    comptoir.emit("outbox-left", item);
  };

  const reasonIn = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
  const textOf = (id) => document.getElementById(id).content.textContent;

  const deliver = async (item) => {
    set(item, "sending");
    let response;
    let text;
    try {
      response = await comptoir.post(item.url, { body: item.body, kind: item.kind, files: (item.files ?? []).map(({ id }) => id).join(" "), token: item.token, ...item.more }, { signal: AbortSignal.timeout(20000) });
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
    if ((response.status === 503 || response.status === 429) && (item.tries = (item.tries ?? 0) + 1) < TRIES) {
      item.after = Date.now() + 1000 * Number(response.headers.get("Retry-After") || 3);
      return set(item, "waiting");
    }
    item.signedOut = response.status === 401;
    item.gone = response.status === 404;
    set(item, "failed", reasonIn(text) || textOf("failed-text"));
  };

  /** What goes next; nothing overtakes what waits before it. */
  const next = (id) => {
    for (const item of boxOf(id).filter(({ state }) => state !== "failed")) {
      if (item.kept && !own.leaving() && !own.has(nameOf(item))) drop(item, false); // another window has sent it
      else if (Date.now() - item.at > LATEST) set(item, "failed", textOf("unsent-old"));
      else return (item.after ?? 0) <= Date.now() ? item : null;
    }
    return null;
  };

  const drain = async (id) => {
    for (let item; (item = next(id)); ) {
      await deliver(item);
      if (item.state === "waiting") break;
    }
  };

  // One window sends, so that the order is kept. Where the browser has no locks (plain http) two may: the token makes it one.
  const alone = (name, act) => (navigator.locks ? navigator.locks.request(name, act) : act());

  const running = new Set();
  const run = async (id) => {
    if (running.has(id)) return;
    running.add(id);
    try {
      await alone(`outbox:${comptoir.key}:${id}`, () => drain(id));
    } finally {
      running.delete(id);
    }
  };
  const runAll = () => new Set([...items.values()].filter(({ state }) => state !== "failed").map(({ discussion }) => discussion)).forEach(run);

  /** Sends words to a discussion, and what else goes with them (`files`), now or as soon as can be. */
  comptoir.send = (discussion, url, body, kind, more = {}) => {
    const box = boxOf(discussion);
    const at = Math.max(Date.now(), (box.at(-1)?.at ?? 0) + 1);
    const item = { discussion, url, body, kind, token: comptoir.token(), at, ...more };
    items.set(item.token, item);
    set(item, box.some(({ state }) => state === "waiting") ? "waiting" : "queued");
    comptoir.scroll.toEnd();
    run(discussion);
  };

  const retry = (item) => {
    Object.assign(item, { at: Math.max(Date.now(), ...[...items.values()].map(({ at }) => at + 1)), tries: 0, after: 0, gone: false });
    set(item, "queued");
    run(item.discussion);
  };

  const take = (kept) => {
    const item = items.get(kept.token) ?? { token: kept.token };
    items.set(kept.token, Object.assign(item, kept, { kept: true }));
    comptoir.emit("outbox-changed", item);
  };

  // What another window did. Where this one was signed out, that one is in again (or out for good): so begins this one.
  own.watch("out:", (name, kept) => {
    if (kept) return take(kept);
    const left = name ? [items.get(name.slice("out:".length))].filter(Boolean) : [...items.values()].filter((item) => item.kept);
    left.forEach((item) => drop(item, false));
    if (left.length && comptoir.live.signedOut) location.reload();
  });

  comptoir.outbox = { of: boxOf, all: () => [...items.values()], drop, retry };

  /** The words of what was not sent there, which is forgotten: for who is no longer in that discussion. */
  comptoir.takeUnsent = (id) => {
    const box = boxOf(id);
    box.forEach((item) => drop(item));
    return box.map(({ body }) => body);
  };

  // Signing out forgets what is kept, so that is asked about; else only what could not be kept is.
  addEventListener("beforeunload", (event) => {
    if (![...items.values()].some((item) => own.leaving() || !item.kept)) return;
    event.preventDefault();
    setTimeout(() => dispatchEvent(new Event("pageshow"))); // who stays can use the form again
  });

  const begin = () => {
    own.names("out:").forEach((name) => {
      const kept = own.get(name);
      // What was refused for a sign-out goes out by itself now that the same person is back.
      take(kept.state === "failed" && !kept.signedOut ? kept : { ...kept, state: "waiting", reason: "", signedOut: false });
    });
    runAll();
  };
  comptoir.on("live-open", runAll);
  addEventListener("online", runAll);
  setInterval(runAll, 4000);
  document.addEventListener("DOMContentLoaded", begin); // when who shows them is there
})();
