// What `:sm` may become, while one writes: a small list above the field; arrows choose, Enter or Tab takes, Escape leaves.
// The list of codes is fetched when the first one is begun, and is the server's own (tools/emoji.py).
(() => {
  const BEGUN = /(?:^|[\s(])(:([a-z0-9_+-]{2,}))$/i;
  const SHOWN = 6;
  let codes = null;

  class EmojiHints extends HTMLElement {
    connectedCallback() {
      this.field = this.closest("form").elements.body;
      this.list = this.querySelector("ul");
      this.field.addEventListener("input", () => this.look());
      this.field.addEventListener("keydown", (event) => this.steer(event));
      this.field.addEventListener("blur", () => this.close());
      this.list.addEventListener("pointerdown", (event) => {
        event.preventDefault(); // the field keeps the focus
        this.take(event.target.closest("li"));
      });
    }

    async look() {
      const { selectionStart: at, value } = this.field;
      const begun = BEGUN.exec(value.slice(Math.max(0, at - 40), at));
      if (!begun) return this.close();
      codes ??= await fetch(this.dataset.codes).then((answer) => answer.json()).catch(() => null);
      if (!codes || this.field.selectionStart !== at) return;
      this.start = at - begun[1].length;
      this.show(this.found(begun[2].toLowerCase()));
    }

    /** [code, character] of codes that begin so, then of those that contain it; short ones first, each character once. */
    found(word) {
      const seen = new Set();
      return Object.entries(codes)
        .filter(([code]) => code.includes(word))
        .sort(([a], [b]) => b.startsWith(word) - a.startsWith(word) || a.length - b.length)
        .filter(([, character]) => !seen.has(character) && seen.add(character))
        .slice(0, SHOWN);
    }

    show(found) {
      if (!found.length) return this.close();
      this.list.replaceChildren(...found.map(([code, character], index) => {
        const item = Object.assign(document.createElement("li"), { id: `emoji-${index}`, role: "option" });
        item.append(Object.assign(document.createElement("span"), { textContent: character }), `:${code}:`);
        return item;
      }));
      this.list.hidden = false;
      this.mark(0);
    }

    mark(index) {
      this.at = (index + this.list.children.length) % this.list.children.length;
      [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === this.at)));
      this.field.setAttribute("aria-activedescendant", `emoji-${this.at}`);
    }

    close() {
      this.list.hidden = true;
      this.field.removeAttribute("aria-activedescendant");
    }

    steer(event) {
      if (this.list.hidden || event.isComposing) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) this.mark(this.at + step);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") this.take(this.list.children[this.at]);
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    take(item) {
      if (!item) return;
      const text = `${item.firstChild.textContent} `;
      this.field.setSelectionRange(this.start, this.field.selectionStart);
      // insertText keeps the browser's undo.
      if (!document.execCommand("insertText", false, text)) this.field.setRangeText(text, this.start, this.field.selectionEnd, "end");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
      this.close();
    }
  }
  customElements.define("emoji-hints", EmojiHints);
})();
