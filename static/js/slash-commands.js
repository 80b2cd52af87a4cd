// `/` at the beginning of a line or after a space offers commands (messages/_slash.html is their table). What one means
// to say goes out all the same: what matches no command is text; in the middle of a line Enter takes a command only when
// its whole word stands there or an arrow chose it; Escape makes text of the rest.
(() => {
  const BEGUN = /(^|\s)\/([\p{L}\p{M}\d-]*)$/u;
  const WHOLE = 3; // how well a command fits: by its whole word, a word's beginning, its label's
  const button = (item) => document.querySelector(item.dataset.press);

  class SlashCommands extends comptoir.Suggestions {
    connectedCallback() {
      super.connectedCallback();
      this.commands = [...this.list.children].map((item) => ({
        item,
        words: comptoir.fold(item.dataset.words).split(" "), // what one may type for it; the first is its name
        label: comptoir.fold(item.querySelector(".what").textContent).split(/[^\p{L}\p{N}]+/u),
      }));
    }

    look() {
      const begun = BEGUN.exec(this.before);
      this.start = begun ? this.field.selectionStart - begun[2].length - 1 : -1;
      if (this.start !== this.left) this.left = null;
      if (!begun || this.left !== null) return this.close();
      const word = comptoir.fold(begun[2]);
      const begins = (one) => one.startsWith(word);
      const rank = ({ words, label }) => (words.includes(word) ? WHOLE : words.some(begins) ? 2 : label.some(begins) ? 1 : 0);
      const found = this.commands
        .map((command) => [rank(command), command.item])
        .filter(([points, item]) => points && this.may(item))
        .sort(([a], [b]) => b - a);
      this.commands.forEach(({ item }) => { item.hidden = true; });
      found.forEach(([, item]) => { item.hidden = false; this.list.append(item); });
      this.open(!begun[1] || found[0]?.[0] === WHOLE ? 0 : -1);
    }

    /** Whether it can be done now, here, by this person: an act has its button on the page, a kind is not yet chosen. */
    may({ dataset }) {
      if (dataset.press) return Boolean(button({ dataset }));
      if (!dataset.kind) return true;
      const kind = this.field.form.querySelector(`[name="kind"][type="radio"][value="${dataset.kind}"]`);
      return Boolean(kind) && !kind.checked;
    }

    leave() {
      this.left = this.start;
      this.close();
    }

    take(item) {
      const { mark, kind, press, key, type } = item.dataset;
      const { field, start } = this;
      if (mark) return comptoir.format(field, mark, start);
      comptoir.put(field, start, field.selectionStart, type ?? "");
      if (type) return;
      if (kind) return comptoir.composer.setKind(field.form, kind);
      if (press) return comptoir.keys[key]?.() ?? button(item)?.click();
      comptoir.pickEmoji(field);
    }
  }
  customElements.define("slash-commands", SlashCommands);
})();
