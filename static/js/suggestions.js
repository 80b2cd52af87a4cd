// A list above the field of what may be meant by what was begun there: `:sm`, `/bo`. The field keeps the focus: arrows
// choose, Enter or Tab takes, Escape leaves and keeps the words. The field stays a text of many lines for screen readers,
// which is why it names the marked option and is no combobox.
comptoir.Suggestions = class extends HTMLElement {
  connectedCallback() {
    this.field = this.closest("form").elements.body;
    this.list = this.querySelector("ul");
    this.status = this.querySelector('[role="status"]');
    this.named = 0;
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("keydown", (event) => this.steer(event));
    this.field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("li")));
    this.list.addEventListener("pointermove", (event) => this.mark(this.options.indexOf(event.target.closest("li")), false));
  }

  get options() {
    return [...this.list.children].filter((item) => !item.hidden);
  }

  /** What stands in the caret's line before it, and whether words are chosen. */
  get before() {
    const { selectionStart: at, selectionEnd: end, value } = this.field;
    return at === end ? value.slice(value.lastIndexOf("\n", at - 1) + 1, at) : "";
  }

  /** Shows the options there are, with the one marked that Enter takes; -1 for none. */
  open(marked = 0) {
    const count = this.options.length;
    if (!count) return this.close();
    this.list.hidden = false;
    this.field.setAttribute("aria-controls", this.list.id);
    const words = this.status.dataset.words.replace("{n}", count);
    if (this.status.textContent !== words) this.status.textContent = words;
    this.list.scrollTop = 0;
    this.mark(marked);
  }

  mark(index, scroll = true) {
    this.at = index;
    this.options.forEach((item, each) => {
      item.id ||= `${this.list.id}-${this.named++}`;
      item.setAttribute("aria-selected", String(each === index));
    });
    const item = this.options[index];
    if (!item) return this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", item.id);
    if (scroll) item.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.status.textContent = "";
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }

  steer(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { options } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark(this.at < 0 ? (step > 0 ? 0 : options.length - 1) : (this.at + step + options.length) % options.length);
    else if (event.key === "Enter" && this.at >= 0) this.choose(options[this.at]);
    else if (event.key === "Tab") this.choose(options[Math.max(0, this.at)]);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.close();
  }

  choose(item) {
    if (!item) return;
    this.close();
    this.take(item);
  }
};
