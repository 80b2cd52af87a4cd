// The swap style `upsert` (and `older`): what comes by socket, as answer or by catch-up is put in its place, once,
// and never over something newer. Frames, answers and catch-up may come twice and in any order.
(() => {
  const dropped = new Map(); // changes to messages that are not loaded: by id, for when older ones are being loaded
  const number = (element, name) => Number(element.dataset[name] ?? 0);
  const isMessage = (element) => element.hasAttribute("data-position");

  const replace = (old, fresh) => {
    const focused = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (focused) fresh.focus({ preventScroll: true });
    return fresh;
  };

  const insertByPosition = (stream, fresh) => {
    const at = number(fresh, "position");
    let after = stream.lastElementChild;
    while (after && !(isMessage(after) && number(after, "position") < at)) after = after.previousElementSibling;
    if (after) after.after(fresh);
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

  const upsertMessage = (stream, fresh) => {
    const old = document.getElementById(fresh.id);
    // Most come twice, as frame and as answer. What is the same stays, and with it a form or menu that is open in it.
    if (old) return number(fresh, "rev") > number(old, "rev") ? [replace(old, fresh)] : [];
    if (moreAbove(stream) && number(fresh, "position") < oldestLoaded(stream)) {
      dropped.set(fresh.id, fresh);
      return [];
    }
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
      const added = nodes.filter((node) => isMessage(node) || node === line).map((node) => {
        const newer = dropped.get(node.id);
        dropped.delete(node.id);
        return newer && number(newer, "rev") > number(node, "rev") ? newer : node;
      }).filter((node) => !document.getElementById(node.id));
      stream.prepend(...added);
      comptoir.emit("stream-changed", { added, older: true }, stream);
      return added;
    });

  htmx.registerExtension("comptoir-upsert", {
    handle_swap(style, target, fragment, spec) {
      if (style !== "upsert" && style !== "older") return false;
      const nodes = [...fragment.children];
      if (target.id === "rows") return nodes.flatMap((node) => comptoir.rows.upsert(target, node));
      return style === "older" ? older(target, nodes) : upsertMessages(target, nodes, spec);
    },
  });
})();
