// The list of discussions: rows put in their place as they change, unread counts, and which one is open.
(() => {
  const list = () => document.getElementById("rows");
  const rowOf = (id) => document.getElementById(`row-${id}`);
  const number = (row, name) => Number(row.dataset[name] ?? 0);
  const pinned = (row) => row.hasAttribute("data-pinned");
  const before = (a, b) => pinned(a) - pinned(b) || number(a, "order") - number(b, "order") || (a.dataset.discussion > b.dataset.discussion ? 1 : -1);
  const base = document.body.dataset.face === "staff" ? "/console" : "";
  let waiting = null;

  // A page without a list hears of messages too, for the count in its title.
  if (!list()) {
    const unseen = Object.assign(document.createElement("div"), { id: "rows", hidden: true });
    unseen.dataset.list = unseen.dataset.refresh = `${base}${base ? "/discussions" : "/"}`;
    document.body.append(unseen);
  }

  const showUnread = (row) => {
    const [last, read] = comptoir.unread.of(row.dataset.discussion) ?? [number(row, "last"), number(row, "read")];
    const count = row.hasAttribute("data-archived") ? 0 : Math.max(0, last - read);
    row.toggleAttribute("data-unread", count > 0);
    const badge = row.querySelector(":scope > .unread");
    const shown = count > 99 ? "99+" : String(count || "");
    if ((badge.firstChild?.textContent ?? "") === shown) return;
    const words = Object.assign(document.createElement("span"), { className: "hidden", textContent: ` ${badge.dataset.words}` });
    badge.replaceChildren(...(shown ? [shown, words] : []));
  };

  const insert = (rows, fresh) => {
    const place = [...rows.querySelectorAll(":scope > .row")].find((row) => before(fresh, row) > 0);
    if (!place && rows.querySelector(":scope > .more")) return []; // older than what is loaded
    rows.querySelector(":scope > #rows-empty")?.remove();
    if (place) place.before(fresh);
    else rows.append(fresh);
    return [fresh];
  };

  /** Puts a row in its place; a frame's row knows no read mark, so a new one is asked for by itself. */
  const upsert = (rows, fresh) => {
    const id = fresh.dataset.discussion;
    if (!id) return [];
    delete rows.dataset.known;
    const old = rowOf(id);
    const asked = fresh.hasAttribute("data-read");
    if (old && number(fresh, "rev") < number(old, "rev")) return [];
    if (!asked && !old && !comptoir.unread.of(id)) return ask(id), [];
    const read = Math.max(number(fresh, "read"), old ? number(old, "read") : 0, comptoir.unread.of(id)?.[1] ?? 0);
    fresh.dataset.read = read;
    if (!asked && old) fresh.toggleAttribute("data-pinned", pinned(old)); // what is drawn for all knows of nobody's pins
    comptoir.emit("row-changed", { id, row: fresh });
    if (fresh.dataset.mentions?.includes(comptoir.key)) comptoir.emit("mentions-changed");
    if (old && rows.dataset.refresh.includes("turn=")) refreshSoon();
    if (fresh.hasAttribute("data-archived")) comptoir.unread.forget(id);
    else comptoir.unread.set(id, number(fresh, "last"), read);
    const focused = old && old === document.activeElement;
    old?.remove();
    if (fresh.hasAttribute("data-archived") !== rows.hasAttribute("data-archived")) return [];
    if (!old && rows.hasAttribute("data-filtered")) return refreshSoon(), [];
    const added = insert(rows, fresh);
    if (added.length && focused) fresh.focus({ preventScroll: true });
    showUnread(fresh);
    markOpen();
    return added;
  };

  const markOpen = () => {
    const open = comptoir.openId();
    list()?.querySelectorAll(":scope > .row").forEach((row) => {
      if (row.dataset.discussion === open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  };

  /** Asks for one row as this person sees it. */
  const ask = (id) => htmx.ajax("GET", `${base}/discussions/${id}/row`, { source: "#live", target: "body", swap: "none" });

  const refresh = () => {
    const rows = list();
    if (!rows) return;
    // Since the page was loaded nothing came that changed a row: perhaps nothing happened.
    const { refresh: address, known } = rows.dataset;
    delete rows.dataset.known;
    const url = known ? `${address}${address.includes("?") ? "&" : "?"}known=${known}` : address;
    htmx.ajax("GET", url, { source: rows, target: rows, swap: "innerMorph" });
  };
  const refreshSoon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 250);
  };

  const settle = () => {
    list()?.querySelectorAll(":scope > .row").forEach((row) => {
      const id = row.dataset.discussion;
      const unread = number(row, "last") > number(row, "read") || comptoir.unread.of(id); // read elsewhere counts too
      if (!row.hasAttribute("data-archived") && row.hasAttribute("data-read") && unread) comptoir.unread.set(id, number(row, "last"), number(row, "read"));
      showUnread(row);
    });
    forgetGone();
    markOpen();
  };

  /** A whole list shows all there is (one that has not come shows nothing): what was taken away while one was offline is unread no longer. */
  const forgetGone = () => {
    const rows = list();
    if (!rows?.firstElementChild || rows.matches("[data-filtered], [data-archived]") || rows.querySelector(":scope > .more")) return;
    comptoir.unread.ids().filter((id) => !rowOf(id)).forEach(comptoir.unread.forget);
  };

  comptoir.rows = {
    upsert, ask, refresh, markOpen,
    read(id, upTo) {
      const row = rowOf(id);
      const mark = comptoir.unread.of(id);
      if (row) row.dataset.read = Math.max(number(row, "read"), upTo);
      if (mark || row) comptoir.unread.set(id, row ? number(row, "last") : mark[0], upTo);
      if (row) showUnread(row);
      if (row?.dataset.mentions?.includes(comptoir.key)) comptoir.emit("mentions-changed");
    },
    remove(id) {
      rowOf(id)?.remove();
      comptoir.unread.forget(id);
      if (!list()?.querySelector(".row, #rows-empty, .more")) refreshSoon();
    },
  };
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.closest?.("#rows") || event.detail?.ctx?.target?.id === "rows") settle();
  });
  settle();

  // A menu for rows is brought when one is first pointed at; a click that was faster is made again.
  const ends = ["pointerover", "focusin", "contextmenu"];
  const bring = async (event) => {
    const row = event.target.closest?.("#rows[data-scripts] > .row");
    const menu = event.type === "contextmenu" && !event.shiftKey;
    if (!row || !navigator.onLine) return;
    if (menu) event.preventDefault();
    if (!(await comptoir.load(list()))) return;
    ends.forEach((name) => document.removeEventListener(name, bring));
    if (menu) rowOf(row.dataset.discussion)?.dispatchEvent(new MouseEvent("contextmenu", event)); // it may have been drawn anew
  };
  ends.forEach((name) => document.addEventListener(name, bring));
})();
