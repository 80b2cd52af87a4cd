// The command bar (Ctrl+K): discussions and people are found by the server, acts by their name. It does nothing by
// itself: an act presses the button that the page has for it, so what may not be done is not offered. It comes with its dialog.
(() => {
  const { fold } = comptoir;
  const there = (option) => document.querySelector(option.dataset.press);

  class CommandBar extends HTMLElement {
    connectedCallback() {
      this.input = this.querySelector("input");
      this.querySelectorAll("[data-press]").forEach((option) => there(option) || option.remove());
      this.input.addEventListener("input", () => {
        this.entered = false;
        this.narrow();
      });
      this.addEventListener("keydown", (event) => this.walk(event));
      this.addEventListener("click", (event) => this.choose(event));
      this.addEventListener("pointermove", (event) => this.mark(event.target.closest(".command")));
      this.addEventListener("htmx:after:swap", () => {
        this.narrow();
        if (this.entered && this.found) this.marked?.click();
      });
      this.narrow();
    }

    get options() {
      return [...this.querySelectorAll(".command:not([hidden])")];
    }

    /** Whether what stands there is what these words find. */
    get found() {
      return this.querySelector("#command-found").dataset.words === this.input.value.trim();
    }

    /** Acts by their words; a group without any goes, and the first that is left is the one Enter takes. */
    narrow() {
      const words = fold(this.input.value).split(/\s+/);
      this.querySelectorAll("[data-acts] .command").forEach((option) => {
        const name = fold(option.querySelector(".what").textContent);
        option.hidden = !words.every((word) => name.includes(word));
      });
      this.querySelectorAll("[data-acts]").forEach((group) => { group.hidden = !group.querySelector(".command:not([hidden])"); });
      this.querySelector(".command-none").hidden = this.options.length > 0;
      const search = this.querySelector(".command-search");
      const typed = this.input.value.trim();
      search.querySelector(".what").textContent = typed ? search.dataset.words.replace("{words}", typed) : search.dataset.plain;
      search.href = typed ? `${search.dataset.search}?q=${encodeURIComponent(typed)}` : search.dataset.search;
      this.querySelector(".command-list").scrollTop = 0;
      this.mark(this.options[0]);
    }

    mark(option) {
      if (option === this.marked && option?.isConnected) return;
      this.marked?.removeAttribute("aria-selected");
      this.marked = option ?? null;
      if (!option) return this.input.removeAttribute("aria-activedescendant");
      option.id ||= `command-${this.options.indexOf(option)}-${Date.now()}`;
      option.setAttribute("aria-selected", "true");
      this.input.setAttribute("aria-activedescendant", option.id);
    }

    walk(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const all = this.options;
        this.mark(all[(all.indexOf(this.marked) + step + all.length) % all.length]);
        this.marked?.scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter" && !event.isComposing) {
        // Who types fast means what is found, not what stood there before.
        if (this.found) this.marked?.click();
        else this.entered = true;
      } else return;
      event.preventDefault();
    }

    choose(event) {
      const option = event.target.closest(".command");
      if (!option || event.ctrlKey || event.metaKey) return;
      const row = option.dataset.row && document.getElementById(`row-${option.dataset.row}`);
      const act = comptoir.keys[option.dataset.key] ?? (option.dataset.press && (() => there(option).click())) ?? (row && (() => row.click()));
      if (!act || option.hasAttribute("hx-get")) return; // a link, or a step of the dialog
      event.preventDefault();
      const dialog = this.closest("dialog");
      dialog.addEventListener("close", act, { once: true }); // after the focus went back where it was
      dialog.close();
    }
  }
  customElements.define("command-bar", CommandBar);
})();
