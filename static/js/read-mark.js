// Moves the read mark when the newest message is on screen and somebody can be looking at it.
(() => {
  const WAIT = 350;
  let timer = null;

  const newest = (stream) =>
    Math.max(0, ...[...stream.querySelectorAll(":scope > [data-number]")].slice(-3).map((message) => Number(message.dataset.number)));

  const look = () => {
    const stream = comptoir.stream();
    if (!stream || document.hidden || !comptoir.scroll.atEnd()) return;
    const upTo = newest(stream);
    if (upTo <= Number(stream.dataset.read)) return;
    stream.dataset.read = upTo;
    // The count goes at once; the server hears of it a moment later.
    comptoir.rows.read(stream.dataset.discussion, upTo);
    clearTimeout(timer);
    timer = setTimeout(() => send(stream, upTo), WAIT);
  };

  const send = async (stream, upTo) => {
    try {
      const response = await comptoir.post(stream.dataset.readMark, { number: upTo });
      if (!response.ok && response.status >= 500) throw new Error(response.status);
    } catch {
      stream.dataset.read = Math.min(Number(stream.dataset.read), upTo - 1); // said again on the next occasion
    }
  };

  ["stream-opened", "stream-changed", "stream-scrolled", "live-open"].forEach((name) => comptoir.on(name, () => requestAnimationFrame(look)));
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  look();
})();
