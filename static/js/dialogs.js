// Dialogs arrive as fragments in #dialog: opened here, taken away when closed, and focus goes back where it was.
// Also asks `hx-confirm` and `data-confirm` questions in our own dialog.
(() => {
  const place = document.getElementById("dialog");
  let before = null;
  let fresh = true;

  const remember = () => {
    const active = document.activeElement;
    // The button of a menu closes with its menu; what opened the menu is what stays.
    const menu = active?.closest?.("[popover]");
    before = menu ? document.querySelector(`[popovertarget="${menu.id}"]`) : active;
  };

  const open = (dialog, into = place) => {
    if (dialog.open) return;
    if (fresh && !place.contains(document.activeElement)) remember();
    if (!dialog.isConnected) into.replaceChildren(dialog);
    dialog.querySelectorAll("[data-token]").forEach((input) => { input.value ||= comptoir.token(); });
    dialog.showModal();
    fresh = false;
    const first = dialog.querySelector("[autofocus], [aria-invalid]") ?? dialog.querySelector("input:not([type=hidden]), textarea, select");
    if (!first) dialog.tabIndex = -1; // nothing to fill in: no button is lit before it is wanted
    (first ?? dialog).focus();
    dialog.addEventListener("close", () => {
      // A dialog replaced by its next step is not closed for good.
      if (!dialog.isConnected || place.querySelector("dialog[open]")) return;
      dialog.remove();
      fresh = true;
      const active = document.activeElement;
      if (active !== document.body) {
        // Somewhere already. Chromium takes the caret away with the dialog's own field: what one types would go nowhere.
        if (active.matches("textarea, input")) active.blur(), active.focus({ preventScroll: true });
        return;
      }
      (before?.isConnected ? before : document.getElementById(before?.id || "body"))?.focus?.(); // it may have been drawn anew
    });
  };
  const close = () => place.querySelector("dialog")?.close();

  new MutationObserver(() => {
    const dialog = place.querySelector("dialog:not([open])");
    if (dialog) open(dialog);
  }).observe(place, { childList: true, subtree: true });

  document.addEventListener("dialog-close", close);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    // A click on the veil closes, unless something was typed.
    if (event.target.nodeName === "DIALOG" && event.target.open && !typed(event.target)) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
      if (outside) event.target.close();
    }
  });
  const typed = (dialog) =>
    [...dialog.querySelectorAll("input:not([type=hidden],[type=search],[type=radio],[type=checkbox],[role=combobox]), textarea")].some((field) => field.value !== field.defaultValue);

  const ask = (text, yes, look = "danger") =>
    new Promise((resolve) => {
      const dialog = comptoir.clone("confirm");
      comptoir.slot(dialog, "text").textContent = text;
      const button = comptoir.slot(dialog, "yes");
      if (yes) button.textContent = yes;
      button.classList.replace("primary", look);
      button.autofocus = true;
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
      open(dialog);
    });
  comptoir.ask = ask;

  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx.confirm) return;
    event.preventDefault();
    ask(ctx.confirm, ctx.sourceElement.dataset.confirmYes).then((yes) => (yes ? issueRequest() : dropRequest()));
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.confirm || button.dataset.confirmed) return;
    event.preventDefault();
    ask(button.dataset.confirm, button.dataset.confirmYes).then((yes) => {
      if (!yes) return;
      button.dataset.confirmed = "yes";
      event.target.requestSubmit(button);
    });
  }, true);

  // A dialog that comes late does not tear anybody from what they went on to: another discussion or dialog, their words.
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.target !== place) return;
    // What a name begun among words brings comes beside them.
    const [still, id] = [ctx.sourceElement.id === "live" ? () => true : comptoir.moment(), comptoir.openId()];
    ctx.wanted = () => still() && comptoir.openId() === id;
  });
  document.addEventListener("htmx:before:swap", (event) => event.detail.ctx?.wanted?.() === false && event.preventDefault());

  // A bare refusal belongs on a line: in the place of a dialog it would take away what was typed, in a list's the list.
  const LINES = ".dialog-error, .edit-error, #pane"; // a pane's is panes.js's affair
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if ((ctx?.response?.status ?? 200) < 400 || !ctx.text?.trimStart().startsWith('<p class="error"') || ctx.target?.matches?.(LINES)) return;
    event.preventDefault();
    // What asks by itself is refused in silence: nobody pressed anything, and what is gone is said where it was.
    if (!ctx.sourceElement?.matches?.("a, button, form, input, #live") || ctx.target === document.body) return;
    const refusal = new DOMParser().parseFromString(ctx.text, "text/html").body.firstElementChild;
    const dialog = ctx.sourceElement?.closest?.("dialog");
    if (!dialog) return comptoir.toast(refusal.textContent.trim());
    const line = dialog.querySelector(".dialog-error") ?? Object.assign(document.createElement("div"), { className: "dialog-error" });
    if (!line.isConnected) (dialog.querySelector(".dialog-actions") ?? dialog.lastElementChild).before(line);
    line.replaceChildren(refusal);
  });

  // A request that did not reach the server, or failed without a place to say so, is said in the dialog or over the page.
  document.addEventListener("htmx:error", (event) => {
    const source = event.detail.ctx?.sourceElement;
    const line = source?.closest?.("dialog, .edit")?.querySelector(".dialog-error, .edit-error");
    const text = document.getElementById("failed-text").content.textContent;
    if (line) line.replaceChildren(Object.assign(document.createElement("p"), { className: "error", textContent: text }));
    else if (source?.matches?.("button, form")) comptoir.toast(text);
  });
})();
