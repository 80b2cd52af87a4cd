// A line over the page, which moves nothing and goes by itself: a refusal that has no place of its own, or what was just
// done and can be undone.
(() => {
  const STAYS = 8000;

  /** Stays while somebody points at it or is in it. */
  class PassingToast extends HTMLElement {
    connectedCallback() {
      this.wait();
      this.addEventListener("htmx:finally:request", () => setTimeout(() => this.remove()));
    }

    wait() {
      setTimeout(() => (this.matches(":hover, :focus-within") ? this.wait() : this.remove()), STAYS);
    }
  }
  customElements.define("passing-toast", PassingToast);

  /** Shows `text` in the place of what was said before. */
  comptoir.toast = (text) => {
    const toast = comptoir.clone("toast");
    comptoir.slot(toast, "text").textContent = text;
    document.getElementById("said").replaceChildren(toast);
  };
})();
