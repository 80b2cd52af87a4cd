// The socket's life: personal frames, silence, being offline, and catching up on what was missed.
(() => {
  const SILENCE = 60000; // the server beats every 25 s; a dead line says nothing
  const element = document.getElementById("live");
  const line = document.getElementById("offline");
  const state = { caughtUp: false, open: false };
  comptoir.live = state;
  let connection = null;
  let heard = Date.now();
  let hiddenAt = 0;
  let patience = null;
  let again = null;
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

  /** Everything since the last revision that is surely known; the answer brings the next one. */
  const catchUp = async (alsoRows = true) => {
    clearTimeout(again);
    const stream = comptoir.stream();
    if (alsoRows) comptoir.rows.refresh();
    if (!stream) return void (state.caughtUp = true);
    const url = `${stream.dataset.messages}?after_rev=${stream.dataset.rev}`;
    try {
      const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const home = response.headers.get("HX-Redirect");
      if (home) return signedOut();
      if (response.headers.get("HX-Refresh")) return location.reload();
      if (response.status === 404) return void (stream.isConnected && comptoir.panes.removed()); // unless a frame said so first
      if (!response.ok) throw new Error(response.status);
      const text = response.status === 204 ? "" : await response.text();
      if (text && stream.isConnected) await htmx.swap({ sourceElement: stream, target: stream, swap: "none", text });
      state.caughtUp = state.open;
    } catch {
      again = setTimeout(() => state.open && catchUp(false), 2000);
    }
  };

  /** Something came before what stands between: that is asked for, unless it comes by itself in a moment. */
  state.missed = () => {
    clearTimeout(again);
    again = setTimeout(() => state.open && catchUp(false), 500);
  };

  const personal = (frame) => {
    if (frame.read) Object.entries(frame.read).forEach(([id, number]) => read(id, number));
    if (frame.row) rowChanged(frame.row);
    if (frame.removed) removed(frame.removed);
    if (frame.signed_out) signedOut();
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
  const giveUp = () => {
    const { socket } = connection ?? {};
    if (socket && socket.readyState !== WebSocket.CLOSED) socket.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  };
  setInterval(() => {
    if (state.open && Date.now() - heard > SILENCE) giveUp();
  }, 5000);
  addEventListener("offline", () => { showOffline(true); if (state.open) giveUp(); });
  addEventListener("online", () => { if (!state.open && connection) connection.attempt = 0; });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt && Date.now() - hiddenAt > 30000 && state.open) catchUp();
  });
  comptoir.on("pane-opened", () => state.open && catchUp(false));
  comptoir.on("row-changed", (event) => {
    const { id, row } = event.detail;
    if (comptoir.openId() !== id) return;
    const title = row.querySelector(".title").textContent;
    comptoir.pane().dataset.title = title;
    document.getElementById("pane-title").textContent = title;
    comptoir.unread.show();
  });
})();
