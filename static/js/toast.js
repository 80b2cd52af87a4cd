// A refusal that has no place of its own: a line over the page, which moves nothing and goes by itself.
(() => {
  const STAYS = 8000;

  /** Shows `text` in the place of what was said before; stays while somebody points at it or is in it. */
  comptoir.toast = (text) => {
    document.querySelector(".toast")?.remove();
    const toast = comptoir.clone("toast");
    comptoir.slot(toast, "text").textContent = text;
    document.body.append(toast);
    const go = () => (toast.matches(":hover, :focus-within") ? wait() : toast.remove());
    const wait = () => setTimeout(go, STAYS);
    wait();
  };
})();
