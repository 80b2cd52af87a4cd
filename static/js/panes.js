// What is open: discussions swapped into the pane, back and forward, the way back to the list, the details beside.
(() => {
  const root = document.documentElement;
  const wide = matchMedia("(min-width: 1000px)");

  const opened = () => {
    comptoir.emit("pane-opened", { id: comptoir.openId() });
    comptoir.rows.markOpen();
    comptoir.unread.show();
  };

  const put = (id) => {
    const pane = comptoir.clone(id);
    comptoir.pane().replaceWith(pane);
    opened();
    return pane;
  };

  const toList = () => {
    const from = comptoir.openId();
    put("nothing-open");
    document.getElementById(`row-${from}`)?.focus({ preventScroll: true });
  };

  const load = (url) => htmx.ajax("GET", url, { source: "#pane", target: "#pane", swap: "outerHTML" });

  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (target?.id !== "pane") return;
    delete root.dataset.detailsOver;
    opened();
    // Opened by hand: the keyboard goes where one writes, except on touch screens, where it would jump up.
    const elsewhere = document.activeElement.closest("input, textarea, select, dialog");
    if (event.detail.ctx.openedByHand && !elsewhere && matchMedia("(hover: hover)").matches) comptoir.composer.form()?.elements.body.focus({ preventScroll: true });
  });

  // While a pane is on its way its row is marked at once, and the old one fades when that takes long.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const { sourceElement } = ctx;
    if (ctx.target?.id !== "pane") return;
    comptoir.pane().setAttribute("aria-busy", "true");
    if (!sourceElement.matches("#rows > .row")) return;
    ctx.openedByHand = true; // said now: a message that comes meanwhile puts another row in this one's place
    ctx.words = comptoir.composer.text();
    document.querySelectorAll("#rows > .row[aria-current]").forEach((row) => row.removeAttribute("aria-current"));
    sourceElement.setAttribute("aria-current", "true");
  });
  const stay = () => {
    comptoir.pane().removeAttribute("aria-busy");
    comptoir.rows.markOpen();
  };
  document.addEventListener("htmx:error", (event) => event.detail.ctx?.target?.id === "pane" && stay());
  // Who goes on writing while another is on its way stays: the rest of the words would stand there, for others to read.
  document.addEventListener("htmx:after:request", (event) => {
    const { openedByHand, words } = event.detail.ctx;
    const text = openedByHand ? comptoir.composer.text() : "";
    if (!text || text === words) return;
    event.preventDefault();
    stay();
  });
  // What is around the messages is drawn anew by itself: not under the hand of who has a menu of it open.
  let due = false;
  const open = () => document.querySelector(".pane-head .menu:popover-open");
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail.ctx?.sourceElement?.id !== "pane-head" || !open()) return;
    event.preventDefault();
    due = true;
  });
  document.addEventListener("toggle", () => {
    if (!due || open()) return;
    due = false;
    comptoir.emit("discussion-changed", { id: comptoir.openId() }, document.body);
  }, true);
  // An answer that is no pane (404 after a removal) must not take the pane's place.
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx?.target?.id !== "pane" || (ctx.response?.status ?? 200) < 400) return;
    event.preventDefault();
    location.assign(ctx.request.action);
  });

  document.addEventListener("click", (event) => {
    const back = event.target.closest?.("[data-back]");
    if (!back || event.ctrlKey || event.metaKey || !document.getElementById("rows")) return;
    event.preventDefault();
    history.pushState({ htmx: true }, "", document.getElementById("rows").dataset.refresh);
    toList();
  });

  // Back and forward load the pane alone, where the list is the same.
  document.addEventListener("htmx:before:history:restore", (event) => {
    if (!document.getElementById("rows")) return;
    event.preventDefault();
    if (/\/discussions\/[^/]+$/.test(location.pathname)) load(location.pathname + location.search);
    else if (location.pathname === new URL(document.getElementById("rows").dataset.list, location).pathname) toList();
    else location.reload();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".details, .pane-head, dialog")) delete root.dataset.detailsOver; // laid over, it goes as a menu goes
    const width = comptoir.pane()?.clientWidth;
    if (!event.target.closest?.(width <= 560 ? "[data-toggle-details], .pane-head .names" : "[data-toggle-details]")) return;
    const over = width < 860;
    if (over) root.toggleAttribute("data-details-over");
    else root.dataset.details = root.dataset.details === "closed" ? "open" : "closed";
    if (!over) localStorage.setItem("details", root.dataset.details);
  });
  root.dataset.details = localStorage.getItem("details") ?? "open";

  comptoir.panes = {
    toList, load,
    removed() {
      const typed = [...comptoir.takeUnsent(comptoir.openId()), comptoir.composer.text()].filter(Boolean).join("\n\n");
      // A picture of it, or who has read what; not what holds words that one typed.
      document.querySelectorAll("dialog[open]:not(:has(textarea))").forEach((dialog) => dialog.close());
      const pane = put("removed");
      if (!typed) return;
      pane.querySelector(".kept").hidden = false;
      pane.querySelector("textarea").value = typed;
    },
    isWide: () => wide.matches,
  };
})();
