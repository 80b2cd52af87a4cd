// The stream of messages: day lines, grouping by author, the line "New", the place one reads at, the way to the newest.
// The scroller is column-reverse: it starts at its end and stays there, and loading older messages moves nothing.
(() => {
  const GROUP = 5 * 60 * 1000;
  const scroller = () => comptoir.pane()?.querySelector(".scroller") ?? null;
  const gap = () => comptoir.stream()?.parentElement.querySelector(":scope > .newer"); // below a stretch from the middle
  const atEnd = (box = scroller()) => !box || (!gap() && Math.abs(box.scrollTop) < 12);
  let arrived = 0;

  /** Remembers what is on screen, and gives what puts it back where it was, unless one is at the end. */
  const placeOf = (stream) => {
    const box = stream.closest(".scroller");
    if (!box || atEnd(box)) return () => {};
    const edge = box.getBoundingClientRect().top;
    const anchor = [...stream.children].find((child) => child.id && child.getBoundingClientRect().bottom > edge + 4);
    const top = anchor?.getBoundingClientRect().top;
    return () => {
      const now = anchor && document.getElementById(anchor.id);
      if (now) box.scrollTop += now.getBoundingClientRect().top - top;
    };
  };

  // The last stretch takes the skeleton above away before its messages come: the place is remembered before that.
  let held = null;
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail.ctx?.sourceElement?.matches?.(".older, .newer") && comptoir.stream()) held = placeOf(comptoir.stream());
  });
  document.addEventListener("htmx:after:swap", () => { held = null; });

  /** Runs `change` and puts what was on screen back where it was, unless one is at the end. */
  comptoir.keepPlace = (stream, change) => {
    const putBack = held ?? placeOf(stream);
    const result = change();
    putBack();
    return result;
  };

  const dayLine = (day, at) => {
    const line = document.createElement("p");
    line.className = "day";
    line.dataset.day = day;
    const time = document.createElement("time");
    time.dateTime = at.toISOString();
    time.dataset.format = "day";
    line.append(time);
    return line;
  };

  const joins = (previous, message, sameDay) =>
    sameDay && previous?.classList.contains("message") && message.classList.contains("message") &&
    previous.dataset.author === message.dataset.author && previous.dataset.kind === message.dataset.kind &&
    "mailed" in previous.dataset === "mailed" in message.dataset && // the head shows how it came
    Date.parse(message.dataset.at) - Date.parse(previous.dataset.at) < GROUP;

  /** Day lines and grouping, from what is there: the same whichever way messages came. */
  const arrange = (stream) => {
    const lines = new Map([...stream.querySelectorAll(":scope > .day")].map((line) => [line.dataset.day, line]));
    let day = null;
    let previous = null;
    for (const message of [...stream.querySelectorAll(":scope > [data-position]")]) {
      const at = new Date(message.dataset.at);
      const its = comptoir.times.dayOf(at);
      const above = message.previousElementSibling;
      if (its !== day) {
        const line = lines.get(its) ?? dayLine(its, at);
        lines.delete(its);
        const place = above?.classList.contains("new") ? above : message;
        if (place.previousElementSibling !== line) place.before(line);
      }
      const joined = joins(previous, message, its === day) && !message.previousElementSibling?.matches(".new, .day");
      message.toggleAttribute("data-joined", joined);
      day = its;
      previous = message;
    }
    lines.forEach((line) => line.remove());
  };

  const showJump = () => {
    const button = comptoir.pane()?.querySelector("[data-jump]");
    const box = scroller();
    if (!button || !box) return;
    const far = gap() || Math.abs(box.scrollTop) > 160;
    if (!far) arrived = 0;
    button.hidden = !far;
    comptoir.slot(button, "count").textContent = arrived || "";
  };

  const toEnd = (smooth = false) => scroller()?.scrollTo({ top: 0, behavior: smooth ? "smooth" : "auto" });

  /** The newest stretch, in place of one from the middle. */
  const toNewest = () => {
    history.replaceState(history.state, "", location.pathname);
    comptoir.panes.load(location.pathname);
  };

  /** The message that the address names: in sight, marked for a moment, with the keyboard. */
  const showAt = (message, box) => {
    box.scrollTop += message.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    message.toggleAttribute("data-found", true);
    setTimeout(() => message.removeAttribute("data-found"), 2500);
    message.focus({ preventScroll: true });
  };

  /** The line "New", before the first that came while nobody was looking; an older one has done its duty. */
  const markNew = (message) => {
    const stream = message.parentElement;
    if (!document.hidden || Number(message.dataset.number) !== Number(stream.dataset.read) + 1) return;
    stream.querySelector(":scope > .new")?.remove();
    message.before(comptoir.clone("new-line-text"));
  };

  const begin = () => {
    const stream = comptoir.stream();
    if (!stream) return;
    arrived = 0;
    arrange(stream);
    // Opened where reading stopped, as Signal, Telegram and WhatsApp do: what is unread is not passed over, nor counted
    // as read unseen. Where that is further up than what is loaded: at the oldest loaded, and the rest comes as one goes up.
    const line = stream.querySelector(stream.hasAttribute("data-unread-above") ? ":scope > [data-position]" : ":scope > .new");
    const box = scroller();
    const at = stream.dataset.at && document.getElementById(stream.dataset.at);
    if (at) showAt(at, box);
    else if (line && line.getBoundingClientRect().top < box.getBoundingClientRect().top + 40) {
      box.scrollTop += line.getBoundingClientRect().top - box.getBoundingClientRect().top - 90;
    }
    box.addEventListener("scroll", () => {
      showJump();
      comptoir.emit("stream-scrolled");
    }, { passive: true });
    showJump();
    comptoir.emit("stream-opened", { id: stream.dataset.discussion }, stream);
  };

  comptoir.on("message-arrived", (event) => {
    const { message } = event.detail;
    if (message.dataset.author === comptoir.key) return;
    markNew(message);
    if (!atEnd()) arrived += 1;
  });
  comptoir.on("stream-changed", (event) => {
    arrange(event.target);
    requestAnimationFrame(showJump);
  });
  comptoir.on("day-changed", () => comptoir.stream() && arrange(comptoir.stream()));
  comptoir.on("pane-opened", begin);
  comptoir.on("outbox-left", ({ detail: { discussion } }) => gap() && discussion === comptoir.openId() && toNewest()); // one's own words are the newest
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-jump]")) return;
    if (gap()) toNewest();
    else toEnd(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  });
  comptoir.scroll = { toEnd, atEnd };
  begin();
})();
