// The socket's life: personal frames, silence, being offline, and catching up on what was missed.
(() => {
  const SILENCE = 60000; // the server beats every 25 s; a dead line says nothing
  const OPENING = 10000; // an opening that takes longer will not succeed, and browsers wait for minutes
  const element = document.getElementById("live");
  const line = document.getElementById("offline");
  const state = { caughtUp: false, open: false };
  comptoir.live = state;
  let connection = null;
  let heard = Date.now();
  let hiddenAt = 0;
  let patience = null;
  let again = null;
  let asking = null;
  let silences = 0;
  let begun = false;

  const showOffline = (yes) => {
    if (yes) return void (patience ??= setTimeout(() => { line.hidden = false; }, 1000));
    clearTimeout(patience);
    patience = null;
    line.hidden = true;
  };

  const signedOut = () => {
    state.signedOut = true;
    clearTimeout(patience);
    line.querySelector('[data-state="offline"]').hidden = true;
    line.querySelector('[data-state="signed-out"]').hidden = false;
    line.hidden = false;
  };

  /**
   * An answer and its text. After a silence browsers go on using connections that are long dead, and wait on each for
   * minutes; ended here, it is not used again. A line that is only slow is given more time with every try.
   */
  const ask = async (url) => {
    asking?.abort();
    const mine = (asking = new AbortController());
    const within = (time) => setTimeout(() => mine.abort(), time);
    let end = within(Math.min(3000 * 1.5 ** silences, 20000));
    try {
      const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal: mine.signal });
      clearTimeout(end);
      end = within(60000);
      const text = await response.text();
      silences = 0;
      return { response, text };
    } finally {
      clearTimeout(end);
      if (asking === mine) asking = null;
    }
  };

  /** Everything since the last revision that is surely known; the answer brings the next one. */
  const catchUp = async (alsoRows = true) => {
    clearTimeout(again);
    again = null;
    const stream = comptoir.stream();
    if (alsoRows) comptoir.rows.refresh();
    if (!stream) return void (state.caughtUp = true);
    const url = `${stream.dataset.messages}?after_rev=${stream.dataset.rev}`;
    try {
      const { response, text } = await ask(url);
      const home = response.headers.get("HX-Redirect");
      if (home) return signedOut();
      if (response.headers.get("HX-Refresh")) return location.reload();
      if (response.status === 404 || response.status === 410) return void (stream.isConnected && comptoir.panes.removed()); // unless a frame said so first
      if (!response.ok) throw new Error(response.status);
      if (text && stream.isConnected) await htmx.swap({ sourceElement: stream, target: stream, swap: "none", text });
      state.caughtUp = state.open;
    } catch (error) {
      if (asking) return; // a newer request took this one's place
      if (error.name === "AbortError") silences += 1;
      later(error.name === "AbortError" ? 200 : 2000);
    }
  };
  const later = (time) => {
    again ??= setTimeout(() => {
      again = null;
      if (state.open) catchUp(false);
    }, time);
  };

  /** Something came before what stands between: that is asked for, unless it comes by itself in a moment. */
  state.missed = () => { if (!asking) later(500); };

  // A list that did not come is asked for again: it may have changed since the line broke.
  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement?.id === "rows" && !(response?.status < 500)) setTimeout(() => state.open && comptoir.rows.refresh(), 3000);
  });

  const personal = (frame) => {
    if (frame.read) Object.entries(frame.read).forEach(([id, number]) => read(id, number));
    if (frame.row) rowChanged(frame.row);
    if (frame.removed) removed(frame.removed);
    if (frame.may) mayNow(frame.may);
    if (frame.signed_out) signedOut();
    if (frame.held) comptoir.emit("mails-held");
    if (frame.emit) comptoir.emit(frame.emit, {}, document.body);
    if (frame.mark) comptoir.mark(frame.mark);
    if (frame.over) state.signedOut = true, comptoir.emit("link-over");
  };
  /** The firm changed what one may do, or whom one finds: buttons follow at once, what is shown is asked for again. */
  const mayNow = (may) => {
    document.body.dataset.may = may.join(" ");
    comptoir.emit("people-changed");
    if (comptoir.openId()) comptoir.emit("discussion-changed", { id: comptoir.openId() }, document.body);
  };
  const read = (id, number) => {
    comptoir.rows.read(id, number);
    const stream = comptoir.stream();
    if (stream?.dataset.discussion === id) stream.dataset.read = Math.max(Number(stream.dataset.read), number);
  };
  const rowChanged = (id) => {
    comptoir.rows.ask(id);
    if (comptoir.openId() === id) comptoir.emit("discussion-changed", { id }, document.body);
  };
  // Lines tell of names, owners and who is in it: what stands around the stream (of staff alone) is asked for again.
  let around = null;
  comptoir.on("message-arrived", (event) => {
    if (event.detail.message.dataset.kind !== "event") return;
    clearTimeout(around);
    around = setTimeout(() => comptoir.emit("discussion-changed", { id: comptoir.openId() }, document.body), 50);
  });
  const removed = (id) => {
    comptoir.rows.remove(id);
    if (comptoir.openId() === id) comptoir.panes.removed();
    comptoir.emit("due", {}, document.body); // what one was to be reminded of there
  };

  // A part of the page that is asked for too late must not carry away what is being typed.
  document.addEventListener("htmx:before:response", (event) => {
    const { response } = event.detail.ctx;
    if (response.status !== 401 || !response.headers.get("HX-Redirect")) return;
    event.preventDefault();
    signedOut();
  });
  element.addEventListener("htmx:ws:before:connection", (event) => {
    connection = event.detail.connection;
    if (state.signedOut) event.preventDefault();
  });
  element.addEventListener("htmx:ws:after:connection", (event) => {
    connection = event.detail.connection;
    heard = Date.now();
    state.open = true;
    begun = false;
    showOffline(false);
    comptoir.emit("live-open");
    if (state.again) comptoir.emit("due", {}, document.body); // what is one's own may have changed meanwhile
    state.again = true;
  });
  element.addEventListener("htmx:ws:close", () => {
    state.open = state.caughtUp = false;
    if (!state.signedOut) showOffline(true); // the line that says so stays
  });
  element.addEventListener("htmx:ws:before:message:incoming", (event) => {
    heard = Date.now();
    // Only now are frames sent here: what was asked for earlier could end before the first of them begins.
    if (!begun) begun = true, catchUp();
    const { data } = event.detail.message;
    if (typeof data !== "string" || !data.startsWith("{")) return;
    event.preventDefault();
    personal(JSON.parse(data));
  });

  // A line that died without a word is closed here, so that htmx opens another one.
  const reopen = () => {
    clearTimeout(connection?.timer);
    opening = { socket: null, since: 0 };
    connection?.socket?.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  };
  let opening = { socket: null, since: 0 };
  const hangs = () => {
    const { socket } = connection ?? {};
    if (state.open) return Date.now() - heard > SILENCE;
    if (socket !== opening.socket) opening = { socket, since: Date.now() };
    return socket?.readyState === WebSocket.CONNECTING && Date.now() - opening.since >= OPENING;
  };
  setInterval(() => hangs() && reopen(), 5000);
  /** The next try may be seconds away; now it may succeed. */
  const hurry = () => {
    if (state.open || !connection) return;
    connection.attempt = 0;
    reopen();
  };
  addEventListener("offline", () => { showOffline(true); if (state.open) reopen(); });
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return void (hiddenAt = Date.now());
    hurry();
    if (hiddenAt && Date.now() - hiddenAt > 30000 && state.open) catchUp();
  });
  comptoir.on("pane-opened", () => state.open && catchUp(false));
  comptoir.on("row-changed", (event) => {
    const { id, row } = event.detail;
    if (comptoir.openId() !== id) return;
    const title = row.querySelector(".title").textContent;
    comptoir.pane().dataset.title = title;
    document.getElementById("pane-title").textContent = title;
    const turn = row.querySelector(".turn");
    document.getElementById("pane-turn")?.replaceChildren(...(turn ? [turn.cloneNode(true)] : []));
    document.querySelectorAll(".pane-head [data-turn-to]").forEach((entry) => entry.setAttribute("aria-checked", entry.dataset.turnTo === turn?.dataset.turn));
    comptoir.unread.show();
  });
})();
