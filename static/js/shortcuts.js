// One key each, never while one types. `?` lists them.
(() => {
  const rows = () => [...document.querySelectorAll("#rows:not([hidden]) > .row, .turns .row")];
  // A dialog that was just closed has the keyboard until the browser draws again: the next key is for the page.
  const busy = (element) => element.closest?.("input, textarea, select, [contenteditable], dialog[open], .menu") || document.querySelector("dialog[open], .menu:popover-open");

  const walk = (step) => {
    const all = rows();
    const at = all.indexOf(document.activeElement) >= 0 ? all.indexOf(document.activeElement) : all.findIndex((row) => row.hasAttribute("aria-current"));
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  const write = (kind) => {
    const form = comptoir.composer?.form();
    if (!form) return false;
    comptoir.composer.setKind(form, kind);
    form.elements.body.focus();
  };

  // It goes for everybody, and one key is pressed by mistake: so it asks.
  const archive = async () => {
    const id = comptoir.openId();
    const find = () => document.querySelector('.pane-head [data-act="archive"], .pane-head [data-act="reopen"]');
    const { question } = find()?.dataset ?? {};
    if (!question || !(await comptoir.ask(question, find().textContent.trim(), "primary"))) return;
    const button = find(); // it may have been drawn anew
    if (comptoir.openId() === id && button?.dataset.question === question) button.click();
  };

  /** Answers the message that has the keyboard, or the newest one. */
  const answer = (message) => {
    message?.querySelector('[data-said="reply"]')?.click();
    return Boolean(message);
  };
  const newest = () => [...(comptoir.stream()?.querySelectorAll(".message:not(.deleted)") ?? [])].at(-1);

  const press = (act) => document.querySelector(`.pane-head [data-act="${act}"]`)?.click();

  /** Not with the discussion that is open still, where another is on its way. */
  const here = (act) => () => comptoir.pane()?.ariaBusy !== "true" && act();

  /** On a row that has the keyboard it is the row's, as row-menu.js does it; else what is open. */
  const onRow = (key, act) => async () => {
    const row = document.activeElement.closest?.(".row[data-discussion]:not([aria-current])");
    const list = row?.closest("[data-scripts]");
    if (!list) here(act)();
    else if (await comptoir.load(list)) comptoir.pressRow(row, key);
  };

  const start = () => {
    if (!(document.body.dataset.may ?? "create").split(" ").includes("create")) return; // of staff; the firm may keep it from agents
    const button = document.getElementById("new-discussion");
    const address = document.getElementById("open-commands")?.dataset.new; // on staff pages without the list
    if (button) button.click();
    else if (address) htmx.ajax("GET", address, { source: "#live", target: "#dialog" });
  };

  const list = () => {
    const dialog = comptoir.clone("shortcuts");
    if (!dialog) return;
    comptoir.nameKeys(dialog);
    document.getElementById("dialog").replaceChildren(dialog);
  };

  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    r: here(() => answer(document.activeElement.closest(".message")) || write("text")),
    R: here(() => answer(newest())),
    n: here(() => write("note")),
    c: start,
    "/": () => (document.getElementById("search-words") ? document.getElementById("search-words").select() : document.getElementById("open-search")?.click()),
    e: onRow("e", archive),
    p: onRow("p", () => press("pin")),
    d: onRow("d", () => press("settle")),
    z: () => document.querySelector(".toast [data-undo]")?.click(),
    "?": list,
  };
  comptoir.keys = keys;

  const escape = (event) => {
    if (event.target.matches?.(".composer textarea")) return event.target.blur();
    const root = document.documentElement;
    if (root.hasAttribute("data-details-over")) return root.removeAttribute("data-details-over");
    if (comptoir.openId() && !comptoir.panes.isWide()) document.querySelector("[data-back]")?.click();
    else rows().find((row) => row.hasAttribute("aria-current"))?.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) return escape(event);
    if (busy(event.target) || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    const opener = document.getElementById("open-commands");
    if (!opener) return;
    event.preventDefault();
    const open = document.querySelector("dialog[open]");
    if (open?.matches(".command-dialog")) open.close();
    else if (!open) opener.click();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-shortcuts]")) list();
  });
})();
