// Moves the read mark when the newest message is on screen and somebody can be looking at it.
(() => {
  const WAIT = 350;
  let timer = null;
  let due = null; // what the timer will send

  const newest = (stream) =>
    Math.max(0, ...[...stream.querySelectorAll(":scope > [data-number]")].slice(-3).map((message) => Number(message.dataset.number)));

  const look = () => {
    const stream = comptoir.stream();
    if (!stream || document.hidden) return;
    if (!comptoir.scroll.atEnd()) return void delete stream.dataset.left; // who scrolls up and comes back reads again
    if ("left" in stream.dataset) return; // marked as unread: not read at once because it stands open
    const upTo = newest(stream);
    if (upTo <= Number(stream.dataset.read)) return;
    stream.dataset.read = upTo;
    // The count goes at once; the server hears of it a moment later.
    comptoir.rows.read(stream.dataset.discussion, upTo);
    clearTimeout(timer);
    due = { stream, upTo };
    timer = setTimeout(send, WAIT);
  };

  const send = async () => {
    if (!due) return;
    const { stream, upTo } = due;
    due = null;
    if ("left" in stream.dataset) return; // marked as unread meanwhile
    try {
      const response = await comptoir.post(stream.dataset.readMark, { number: upTo }, { keepalive: true });
      if (!response.ok && response.status >= 500) throw new Error(response.status);
    } catch {
      stream.dataset.read = Math.min(Number(stream.dataset.read), upTo - 1); // said again on the next occasion
    }
  };

  ["stream-opened", "stream-changed", "stream-scrolled", "live-open"].forEach((name) => comptoir.on(name, () => requestAnimationFrame(look)));
  document.addEventListener("visibilitychange", () => {
    delete comptoir.stream()?.dataset.left;
    look();
  });
  addEventListener("focus", look);
  addEventListener("pagehide", send); // who reads and leaves has read
  look();
})();
