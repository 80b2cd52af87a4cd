// Popover menus: placed beside their button (or at the pointer for a right-click on a message or the menu key),
// walked with arrow keys. The popover itself is the browser's.
(() => {
  let point = null;

  const fits = {
    words: (message) => !message.classList.contains("deleted"),
    note: (message) => message.matches(".note:not(.deleted)"),
    text: (message) => message.matches('[data-kind="text"]:not(.deleted)'),
    versions: (message) => message.hasAttribute("data-versions"),
    mailed: (message) => message.hasAttribute("data-mailed") && !message.classList.contains("deleted"),
  };

  /** The menu of a message. It is made when it is first wanted: fifty messages would carry fifty of them. */
  comptoir.messageMenu = (message) => {
    const button = message.querySelector(".actions [popovertarget]");
    const made = button && document.getElementById(button.getAttribute("popovertarget"));
    if (!button || made) return made;
    const menu = comptoir.clone("message-menu");
    menu.id = button.getAttribute("popovertarget");
    const address = `${message.closest(".stream").dataset.messages}/${message.id.slice(2)}`;
    for (const item of menu.querySelectorAll("[data-for]")) {
      if (!fits[item.dataset.for](message)) item.remove();
      for (const name of ["hx-get", "hx-delete"]) {
        if (item.hasAttribute(name)) item.setAttribute(name, address + item.getAttribute(name));
      }
    }
    button.closest(".actions").after(menu);
    htmx.process(menu);
    return menu;
  };

  document.addEventListener("click", (event) => {
    const message = event.target.closest?.(".message .actions [popovertarget]")?.closest(".message");
    if (message) comptoir.messageMenu(message);
  }, true);

  const placeMenu = (menu) => {
    const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
    const from = point ?? button?.getBoundingClientRect();
    point = null;
    if (!from) return;
    const { offsetWidth: width, offsetHeight: height } = menu;
    const gap = 4;
    const rightHalf = from.left + (from.width ?? 0) / 2 > innerWidth / 2;
    let left = from.width === undefined ? from.left : rightHalf ? from.right - width : from.left;
    let top = from.bottom + gap;
    if (top + height > innerHeight - 8) top = Math.max(8, from.top - height - gap);
    if (button?.matches(".rail .you") && innerWidth >= 640) {
      left = from.right + gap;
      top = innerHeight - height - 12;
    }
    menu.style.left = `${Math.min(Math.max(8, left), innerWidth - width - 8)}px`;
    menu.style.top = `${top}px`;
  };

  const items = (menu) => [...menu.querySelectorAll('[role^="menuitem"]')].filter((item) => item.offsetParent !== null);

  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]")) return;
    const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
    button?.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "open") return;
    placeMenu(menu);
    (items(menu)[0] ?? menu.querySelector("select, input"))?.focus({ preventScroll: true });
  }, true);

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.('.menu[role="menu"]');
    if (!menu) return;
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) {
      if (event.key === "Tab") menu.hidePopover();
      return;
    }
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest?.('[role^="menuitem"]');
    if (!item) return;
    const menu = item.closest("[popover]");
    if (item.hasAttribute("data-copy")) {
      const bubble = item.closest(".body").querySelector(".bubble");
      navigator.clipboard?.writeText(bubble.innerText);
    }
    menu?.hidePopover?.();
  });

  document.addEventListener("contextmenu", (event) => {
    const message = event.target.closest?.(".message");
    const menu = message && comptoir.messageMenu(message);
    // Links and selected words keep the browser's own menu; so does a second right-click.
    if (!menu || event.shiftKey || event.target.closest("a, textarea") || !getSelection().isCollapsed || menu.matches(":popover-open")) return;
    event.preventDefault();
    const byKey = event.button !== 2;
    point = byKey ? null : { left: event.clientX, top: event.clientY, bottom: event.clientY };
    menu.showPopover();
  });

  // Menus do not follow what scrolls beneath them.
  document.addEventListener("scroll", (event) => {
    if (event.target.closest?.(".menu")) return;
    document.querySelectorAll(".menu:popover-open").forEach((menu) => menu.hidePopover());
  }, { capture: true, passive: true });
})();
