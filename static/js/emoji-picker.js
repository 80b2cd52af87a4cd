// The picker of emoji: a dialog over the composer's button, a sheet at the bottom of a phone. Loaded when first wanted,
// with the emoji's names in the page's language. One category is drawn at a time, which an old phone can do. Those used
// last stand first, as the browser keeps them for this person.
(() => {
  const WIDE = 8; // in a row
  const MOST = 10 * WIDE; // shown of what words find
  const LAST = 3 * WIDE; // kept of those used last
  const SIGNS = {
    last: "clock", "smileys-emotion": "smile", "people-body": "hand", "animals-nature": "paw-print", "food-drink": "coffee",
    "travel-places": "plane", activities: "trophy", objects: "lightbulb", symbols: "hash", flags: "flag",
  };
  const phone = matchMedia("(max-width: 639px)");
  const coarse = matchMedia("(pointer: coarse)");
  const { own } = comptoir;
  const { TONES, toned } = comptoir.EmojiNames;

  const make = (name, properties = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key in element && key !== "role") element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...inside);
    return element;
  };
  const capital = (text) => text.charAt(0).toLocaleUpperCase(comptoir.language) + text.slice(1);

  class Picker {
    constructor({ ariaLabel: title, dataset }, sprite) {
      Object.assign(this, { title, names: new comptoir.EmojiNames(dataset.names), words: JSON.parse(dataset.words), sprite, tone: own.get("emoji-tone") ?? 0, cells: [] });
      this.build();
      this.dialog.addEventListener("close", () => this.leave());
      this.dialog.addEventListener("keydown", (event) => this.walk(event));
      this.dialog.addEventListener("click", (event) => this.click(event));
      this.grid.addEventListener("focusin", (event) => this.name(event.target));
      this.grid.addEventListener("pointerover", (event) => this.name(event.target.closest("button")));
      this.input.addEventListener("input", () => this.search());
      this.tones.addEventListener("change", () => this.setTone());
      phone.addEventListener("change", () => this.place());
      addEventListener("resize", () => this.place());
    }

    build() {
      const { title } = this;
      const { find, close, skin, tones } = this.words;
      this.input = make("input", { type: "search", placeholder: find, "aria-label": find, "aria-controls": "emoji-grid", autocomplete: "off", spellcheck: false, enterKeyHint: "done" });
      this.tabs = make("div", { className: "emoji-tabs", role: "tablist", "aria-label": title });
      this.grid = make("div", { className: "emoji-grid", id: "emoji-grid", role: "grid" });
      this.status = make("p", { className: "hidden", role: "status" });
      this.empty = make("p", { className: "emoji-none", hidden: true, textContent: this.words.none });
      this.panel = make("div", { className: "emoji-panel", id: "emoji-panel", role: "tabpanel" }, this.grid, this.empty);
      this.shown = make("span", { className: "emoji-shown", ariaHidden: "true" });
      this.tones = make("select", { className: "emoji-tone", ariaLabel: skin, title: skin });
      this.tones.append(...tones.map((label, tone) => make("option", { value: tone, selected: tone === this.tone, textContent: `✋${TONES[tone]}`, ariaLabel: label, title: label })));
      this.dialog = make(
        "dialog", { className: "emoji-picker", ariaLabel: title },
        make("div", { className: "emoji-head" }, this.sign("search"), this.input, make("button", { className: "icon-button", type: "button", "data-close": "", ariaLabel: close }, this.sign("x"))),
        this.tabs, this.panel, this.status,
        make("div", { className: "emoji-foot" }, this.shown, this.tones),
      );
      document.body.append(this.dialog);
    }

    sign(name) {
      const [svg, use] = ["svg", "use"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
      svg.setAttribute("class", "icon-s");
      svg.setAttribute("aria-hidden", "true");
      use.setAttribute("href", `${this.sprite}#${name}`);
      svg.append(use);
      return svg;
    }

    async open(field, button) {
      // A field forgets its caret while a dialog is open.
      Object.assign(this, { field, button, at: [field.selectionStart, field.selectionEnd] });
      this.input.value = "";
      this.dialog.showModal();
      if (!coarse.matches) this.input.focus();
      this.place();
      this.panel.ariaBusy = "true";
      try {
        await this.names.load();
      } catch {
        this.dialog.close();
        return comptoir.toast(document.getElementById("failed-text").content.textContent);
      }
      this.panel.ariaBusy = "false";
      this.drawTabs();
      this.search(); // one may have begun to type
      // On a touch screen the keyboard would cover what one came for.
      if (coarse.matches) this.tabs.firstElementChild.focus();
    }

    /** Over its button, inside the window; a phone's sheet is placed by its style. */
    place() {
      if (!this.dialog.open) return;
      const { style } = this.dialog;
      if (phone.matches) return style.removeProperty("inset-block-start"), style.removeProperty("inset-inline-start");
      const from = this.button.getBoundingClientRect();
      const { offsetWidth: width, offsetHeight: height } = this.dialog;
      style.insetBlockStart = `${Math.max(8, from.top - height - 8)}px`;
      style.insetInlineStart = `${Math.min(Math.max(8, from.left - 12), innerWidth - width - 8)}px`;
    }

    drawTabs() {
      const last = (own.get("emoji-last") ?? []).filter((character) => this.names.entry(character));
      const groups = this.names.groups.map(([key, entries], each) => [key, this.words.groups[each], entries.map((entry) => [toned(entry, this.tone), entry])]);
      if (last.length) groups.unshift(["last", this.words.last, last.map((character) => [character, this.names.entry(character)])]);
      this.tabs.replaceChildren(...groups.map(([key, name, entries]) => {
        return Object.assign(make("button", { type: "button", role: "tab", id: `emoji-tab-${key}`, title: name, ariaLabel: name, "aria-controls": "emoji-panel" }, this.sign(SIGNS[key])), { entries });
      }));
    }

    choose(tab) {
      [...this.tabs.children].forEach((each) => {
        each.ariaSelected = String(each === tab);
        each.tabIndex = each === tab || (!tab && !each.previousElementSibling) ? 0 : -1;
      });
      this.panel.setAttribute("aria-label", tab?.ariaLabel ?? this.title);
      if (tab) this.draw(tab.entries, tab.ariaLabel);
    }

    draw(entries, label) {
      const rows = [];
      for (let at = 0; at < entries.length; at += WIDE) {
        rows.push(make("div", { role: "row" }, ...entries.slice(at, at + WIDE).map(([character, [, name]]) =>
          make("button", { type: "button", role: "gridcell", tabIndex: -1, ariaLabel: name, textContent: character }))));
      }
      this.grid.replaceChildren(...rows);
      this.grid.ariaLabel = label;
      this.grid.hidden = !rows.length;
      this.empty.hidden = rows.length > 0;
      this.panel.scrollTop = 0;
      this.cells = [...this.grid.querySelectorAll("button")];
      if (this.cells[0]) this.cells[0].tabIndex = 0;
      this.name(null);
    }

    search() {
      this.status.textContent = "";
      if (!this.names.groups) return;
      if (!this.input.value.trim()) return this.choose(this.tabs.firstElementChild);
      const found = this.names.find(this.input.value).slice(0, MOST);
      this.choose(null);
      this.draw(found.map((entry) => [toned(entry, this.tone), entry]), this.title);
      this.status.textContent = found.length ? this.words.found.replace("{n}", found.length) : this.words.none;
      this.name(this.cells[0] ?? null);
      this.cells[0]?.toggleAttribute("data-first", true); // which Enter takes
    }

    /** Says below what a cell is. */
    name(cell) {
      if (cell && !this.cells.includes(cell)) return;
      this.shown.replaceChildren(...(cell ? [make("span", { className: "sign", textContent: cell.textContent }), capital(cell.ariaLabel)] : []));
    }

    setTone() {
      this.tone = Number(this.tones.value);
      own.set("emoji-tone", this.tone);
      if (!this.names.groups) return; // they are still on their way, and will come in this tone
      const chosen = this.tabs.querySelector('[aria-selected="true"]')?.id;
      this.drawTabs();
      if (this.input.value.trim()) this.search();
      else this.choose(document.getElementById(chosen));
    }

    click(event) {
      const button = event.target.closest("button");
      if (button?.role === "tab") {
        this.input.value = "";
        this.choose(button);
      } else if (button?.role === "gridcell") this.take(button.textContent);
    }

    take(character) {
      own.set("emoji-last", [character, ...(own.get("emoji-last") ?? []).filter((other) => other !== character)].slice(0, LAST));
      const { field, at } = this;
      this.at = null;
      this.dialog.close();
      comptoir.put(field, ...at, character);
    }

    leave() {
      this.field.focus();
      if (this.at) this.field.setSelectionRange(...this.at);
    }

    walk(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target, key } = event;
      if (target === this.input) this.walkInput(event);
      else if (target.role === "tab") this.walkTabs(event);
      else if (target.role === "gridcell") this.walkGrid(event);
      if (!event.defaultPrevented && key.length === 1 && key !== " " && target !== this.input && target !== this.tones) this.input.focus(); // which gets the letter
    }

    walkInput(event) {
      if (event.key === "ArrowDown") this.focus(event, this.cells[0]);
      else if (event.key === "Enter") {
        event.preventDefault();
        if (this.input.value.trim() && this.cells[0]) this.take(this.cells[0].textContent);
      }
    }

    walkTabs(event) {
      const all = [...this.tabs.children];
      const at = all.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (event.key === "ArrowDown") return this.focus(event, this.cells[0]);
      const tab = to === undefined ? null : all[(to + all.length) % all.length];
      if (!tab) return;
      this.focus(event, tab);
      tab.click();
    }

    walkGrid(event) {
      const at = this.cells.indexOf(event.target);
      const end = this.cells.length - 1;
      const row = at - (at % WIDE);
      const to = {
        ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: Math.min(at + WIDE, row + WIDE > end ? at : end), ArrowUp: at - WIDE,
        Home: row, End: Math.min(row + WIDE - 1, end), PageDown: Math.min(at + 4 * WIDE, end), PageUp: Math.max(at - 4 * WIDE, at % WIDE),
      }[event.key];
      if (to === undefined) return;
      if (event.key === "ArrowUp" && to < 0) return this.focus(event, this.input);
      event.target.tabIndex = -1;
      const cell = this.cells[Math.min(Math.max(to, 0), end)];
      cell.tabIndex = 0;
      this.focus(event, cell);
    }

    focus(event, element) {
      event.preventDefault();
      element?.focus();
    }
  }

  let picker = null;
  comptoir.emojiPicker = (field, button) => {
    picker ??= new Picker(button, button.querySelector("use").getAttribute("href").split("#")[0]);
    picker.open(field, button);
  };
})();
