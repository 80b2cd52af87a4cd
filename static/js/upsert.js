// The swap style `upsert` (and `older`): what comes by socket, as answer or by catch-up is put in its place, once,
// and never over something newer. Frames, answers and catch-up may come twice and in any order.
(() => {
  const dropped = new Map(); // changes to messages that are not loaded: by id, for when older ones are being loaded
  const number = (element, name) => Number(element.dataset[name] ?? 0);
  const isMessage = (element) => element.hasAttribute("data-position");

  /** What somebody is at in a message goes over to what takes its place: an open menu, words that are being changed. */
  const carry = (old, fresh) => {
    const body = fresh.querySelector(":scope > .body");
    for (const part of old.querySelectorAll(":scope > .body > .edit, :scope > .body > .menu:popover-open")) {
      const at = part.contains(document.activeElement) && document.activeElement;
      if (body.moveBefore) body.moveBefore(part, null);
      else body.append(part);
      if (part.popover && !part.matches(":popover-open")) part.showPopover();
      if (at) at.focus({ preventScroll: true });
    }
  };

  const replace = (old, fresh) => {
    const focused = old.contains(document.activeElement);
    old.before(fresh);
    if (!fresh.matches(".deleted, .event")) carry(old, fresh);
    old.remove();
    if (focused && !fresh.contains(document.activeElement)) fresh.focus({ preventScroll: true });
    return fresh;
  };

  const insertByPosition = (stream, fresh) => {
    const at = number(fresh, "position");
    let after = stream.lastElementChild;
    while (after && !(isMessage(after) && number(after, "position") < at)) after = after.previousElementSibling;
    const foot = after?.nextElementSibling; // who has read it
    if (after) (foot?.matches(".seen, .seen-by") ? foot : after).after(fresh);
    else {
      const first = [...stream.children].find(isMessage);
      if (first) first.before(fresh);
      else stream.append(fresh);
    }
  };

  const oldestLoaded = (stream) => {
    const first = [...stream.children].find(isMessage);
    return first ? number(first, "position") : Infinity;
  };
  const moreAbove = (stream) => stream.parentElement.querySelector(":scope > .older") !== null;

  // A stretch from the middle (opened at a message) has a gap below: what is new waits until all before it is there.
  const ahead = new WeakMap(); // of a stream: by id
  const moreBelow = (stream) => stream.parentElement.querySelector(":scope > .newer") !== null;
  const newestLoaded = (stream) => number([...stream.children].findLast(isMessage) ?? stream, "position");
  const keepAhead = (stream, fresh) => {
    if (!ahead.has(stream)) ahead.set(stream, new Map());
    const old = ahead.get(stream).get(fresh.id);
    if (!old || number(fresh, "rev") > number(old, "rev")) ahead.get(stream).set(fresh.id, fresh);
  };

  const upsertMessage = (stream, fresh) => {
    const old = document.getElementById(fresh.id);
    // Most come twice, as frame and as answer. What is the same stays, and with it a form or menu that is open in it.
    if (old) return number(fresh, "rev") > number(old, "rev") ? [replace(old, fresh)] : [];
    if (moreAbove(stream) && number(fresh, "position") < oldestLoaded(stream)) {
      dropped.set(fresh.id, fresh);
      return [];
    }
    if (moreBelow(stream) && number(fresh, "position") > newestLoaded(stream)) return keepAhead(stream, fresh), [];
    stream.querySelector(".quiet-start")?.remove();
    insertByPosition(stream, fresh);
    comptoir.emit("message-arrived", { message: fresh }, stream);
    return [fresh];
  };

  /**
   * How far all is known. The answer to a send overtakes others' frames; were it to count, a line that breaks
   * before those come would lose them: so a revision counts only right after the one before it.
   */
  const knownBy = (stream, nodes, spec) => {
    if (spec.rev) return Number(spec.rev);
    if (!comptoir.live?.caughtUp) return 0;
    const [last, rev] = [number(stream, "rev"), Math.max(0, ...nodes.map((node) => number(node, "rev")))];
    if (rev > last + 1) comptoir.live.missed();
    return rev > last + 1 ? last : rev;
  };

  const upsertMessages = (stream, nodes, spec) =>
    comptoir.keepPlace(stream, () => {
      const added = nodes.filter(isMessage).flatMap((node) => upsertMessage(stream, node));
      const known = knownBy(stream, nodes, spec);
      if (known > number(stream, "rev")) stream.dataset.rev = known;
      comptoir.emit("stream-changed", { added }, stream);
      return added;
    });

  const older = (stream, nodes) =>
    comptoir.keepPlace(stream, () => {
      const line = nodes.find((node) => node.matches(".new")); // unread begins in this stretch
      if (line) stream.querySelector(":scope > .new")?.remove();
      const added = nodes.filter((node) => isMessage(node) || node === line || node.matches(".seen, .seen-by")).map((node) => {
        const newer = dropped.get(node.id);
        dropped.delete(node.id);
        return newer && number(newer, "rev") > number(node, "rev") ? newer : node;
      }).filter((node) => !document.getElementById(node.id));
      stream.prepend(...added);
      comptoir.emit("stream-changed", { added, older: true }, stream);
      return added;
    });

  /** The stretch that follows; after the last one comes what was new meanwhile. */
  const newer = (stream, nodes) =>
    comptoir.keepPlace(stream, () => {
      const waiting = ahead.get(stream) ?? new Map();
      const added = nodes.filter((node) => isMessage(node) || node.matches(".new, .seen, .seen-by")).map((node) => {
        const later = waiting.get(node.id);
        return later && number(later, "rev") > number(node, "rev") ? later : node;
      }).filter((node) => !node.id || !document.getElementById(node.id));
      stream.append(...added);
      if (!moreBelow(stream)) {
        [...waiting.values()].filter((node) => !document.getElementById(node.id)).forEach((node) => insertByPosition(stream, node));
        ahead.delete(stream);
      }
      comptoir.emit("stream-changed", { added }, stream);
      return added;
    });

  htmx.registerExtension("comptoir-upsert", {
    handle_swap(style, target, fragment, spec) {
      if (!["upsert", "older", "newer"].includes(style)) return false;
      comptoir.emit("coming", { fragment });
      const nodes = [...fragment.children];
      if (target.id === "rows") return nodes.flatMap((node) => comptoir.rows.upsert(target, node));
      if (style !== "upsert") return (style === "older" ? older : newer)(target, nodes);
      return upsertMessages(target, nodes, spec);
    },
  });
})();
