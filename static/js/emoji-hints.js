// What `:sm` may become, while one writes. The list of codes is fetched when the first one is begun, and is the server's
// own (tools/emoji.py).
(() => {
  const BEGUN = /(?:^|[\s(])(:([a-z0-9_+-]{2,}))$/i;
  const SHOWN = 6;
  let codes = null;

  class EmojiHints extends comptoir.Suggestions {
    async look() {
      const begun = BEGUN.exec(this.before);
      if (!begun) return this.close();
      const at = this.field.selectionStart;
      codes ??= await fetch(this.dataset.codes).then((answer) => answer.json()).catch(() => null);
      if (!codes || this.field.selectionStart !== at) return;
      this.start = at - begun[1].length;
      this.list.replaceChildren(...this.found(begun[2].toLowerCase()).map(([code, character]) => {
        const item = Object.assign(document.createElement("li"), { role: "option" });
        item.append(Object.assign(document.createElement("span"), { className: "sign", textContent: character }), `:${code}:`);
        return item;
      }));
      this.open();
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

    take(item) {
      comptoir.put(this.field, this.start, this.field.selectionStart, `${item.firstChild.textContent} `);
    }
  }
  customElements.define("emoji-hints", EmojiHints);
})();
