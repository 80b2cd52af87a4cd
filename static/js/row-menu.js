// What is done with a row of a list without opening it: by a right-click, the menu key, its dots, or p, d and e on the
// row that has the keyboard. Brought when a row is first pointed at.
(() => {
  const rowAt = (element) => element?.closest?.(".row[data-discussion]");
  const dots = comptoir.clone("row-dots");

  /** The menu of that row as this person may use it, hidden in the page. */
  const fetchMenu = async (row) => {
    const response = await fetch(`${row.pathname}/menu`, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!response.ok) return null;
    const menu = new DOMParser().parseFromString(await response.text(), "text/html").body.firstElementChild;
    document.body.append(menu);
    htmx.process(menu);
    return menu;
  };
  const failed = () => comptoir.toast(document.getElementById("failed-text").content.textContent);

  // What was pressed last is what opens, unless one went on to something else.
  let shown = null;
  const open = async (row, left, top) => {
    const mine = comptoir.moment();
    const menu = await fetchMenu(row).catch(failed);
    if (!menu) return;
    if (!mine()) return menu.remove();
    shown?.remove();
    shown = menu;
    menu.addEventListener("toggle", (event) => {
      if (event.newState !== "closed") return;
      if (document.activeElement === document.body || menu.contains(document.activeElement)) document.getElementById(row.id)?.focus({ preventScroll: true });
    });
    menu.showPopover();
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(top, innerHeight - menu.offsetHeight - 8))}px`;
  };
  const openBelow = (row, element) => {
    const { right, bottom } = element.getBoundingClientRect();
    open(row, right - 220, bottom + 4);
  };

  document.addEventListener("contextmenu", (event) => {
    const row = rowAt(event.target);
    if (!row || event.shiftKey) return;
    event.preventDefault();
    if (event.button === 2) open(row, event.clientX, event.clientY);
    else openBelow(row, row);
  });

  document.addEventListener("pointerover", (event) => {
    const row = rowAt(event.target);
    if (!row || event.pointerType === "touch" || !row.parentElement.matches("#rows")) return;
    if (dots.parentElement !== row.parentElement) row.parentElement.append(dots);
    dots.row = row;
    dots.style.top = `${row.offsetTop + 4}px`;
  });
  dots.addEventListener("click", () => openBelow(dots.row, dots));

  /** Presses an entry of the menu without showing it; what goes for everybody is asked before. */
  const press = async (row, acts) => {
    const menu = await fetchMenu(row).catch(failed);
    const entry = menu?.querySelector(acts);
    const { question } = entry?.dataset ?? {};
    if (entry && (!question || (await comptoir.ask(question, entry.textContent.trim(), "primary")))) entry.click();
    menu?.remove();
  };
  const chosen = { p: '[data-act="pin"]', d: '[data-act="settle"]', e: '[data-act="archive"], [data-act="reopen"]' };
  comptoir.pressRow = (row, key) => press(row, chosen[key]);
})();
