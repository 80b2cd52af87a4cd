// Marks of Markdown on the chosen words, the word or the lines at the caret: by keyboard, by the bar behind "Aa", and by
// commands (slash-commands.js). All is written as typing is, so that the browser's undo takes it back in one step.
(() => {
  const MARKS = { bold: "**", italic: "*", code: "`" };
  const LINES = {
    quote: { has: /^> ?/, not: /^$/, sign: () => "> " },
    bullets: { has: /^[-*+] /, not: /^\d+[.)] /, sign: () => "- " },
    numbers: { has: /^\d+[.)] /, not: /^[-*+] /, sign: (index) => `${index + 1}. ` },
  };
  const LETTER = /[\p{L}\p{M}\p{N}_'’-]/u;
  const BEFORE = /^\s*(?:> ?|[-*+] |\d+[.)] )*/; // what stands before the words of a line stays outside of marks
  const FENCE = "```";
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);

  /** Where the word at the caret begins and ends; nothing, where there is none. */
  const wordAt = (text, caret) => {
    let [start, end] = [caret, caret];
    while (start > 0 && LETTER.test(text[start - 1])) start -= 1;
    while (end < text.length && LETTER.test(text[end])) end += 1;
    return start < caret && caret < end ? [start, end] : [caret, caret];
  };
  const linesAt = (text, start, end) => {
    const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
    const stop = text.indexOf("\n", last);
    return [text.lastIndexOf("\n", start - 1) + 1, stop < 0 ? text.length : stop];
  };
  const run = (text, at, step, sign) => {
    let length = 0;
    while (text[step > 0 ? at + length : at - length - 1] === sign) length += 1;
    return length;
  };
  const replaced = (text, from, to, put, start, end) => ({ text: text.slice(0, from) + put + text.slice(to), start, end });

  /** Puts `sign` around the words from `start` to `end`, or takes it away where it stands. */
  const wrapped = (text, start, end, sign) => {
    if (start === end) [start, end] = wordAt(text, start);
    while (start < end && (/\s/.test(text[start]) || (text[start] === sign[0] && text[end - 1] === sign[0] && end - start > 1))) start += 1, end -= text[start - 1] === sign[0] ? 1 : 0;
    while (start < end && /\s/.test(text[end - 1])) end -= 1;
    const size = sign.length;
    const around = Math.min(run(text, start, -1, sign[0]), run(text, end, 1, sign[0]));
    const has = sign === "*" ? around % 2 === 1 : around >= size;
    const words = text.slice(start, end);
    if (has) return replaced(text, start - size, end + size, words, start - size, end - size);
    return replaced(text, start, end, sign + words + sign, start + size, end + size);
  };

  /** The same for words on several lines: each line has its own, for a mark ends with its paragraph. */
  const wrappedLines = (text, start, end, sign) => {
    const escaped = sign.replace(/\*/g, "\\*");
    const has = new RegExp(`^${escaped}(.+)${escaped}$`);
    const parts = text.slice(start, end).split("\n").map((line) => {
      const before = BEFORE.exec(line)[0];
      return { before, words: line.slice(before.length).trimEnd() };
    });
    const all = parts.every(({ words }) => !words || has.test(words));
    const put = parts.map(({ before, words }) => before + (words && (all ? words.replace(has, "$1") : sign + words + sign))).join("\n");
    return replaced(text, start, end, put, start, start + put.length);
  };

  const listed = (text, start, end, { has, not, sign }) => {
    const [from, to] = linesAt(text, start, end);
    const lines = text.slice(from, to).split("\n");
    const all = lines.every((line) => has.test(line));
    const put = lines.map((line, index) => (all ? line.replace(has, "") : sign(index) + line.replace(not, ""))).join("\n");
    if (start !== end) return replaced(text, from, to, put, from, from + put.length);
    const caret = Math.max(from, start + put.length - (to - from));
    return replaced(text, from, to, put, caret, caret);
  };

  const fenced = (text, start, end) => {
    const [from, to] = linesAt(text, start, end);
    const lines = text.slice(from, to);
    // With nothing chosen the block is begun below what stands there.
    const [above, inside] = start === end && lines.trim() ? [`${lines.trimEnd()}\n`, ""] : ["", lines.trim() && lines];
    const begin = from + above.length + FENCE.length + 1;
    return replaced(text, from, to, `${above}${FENCE}\n${inside}\n${FENCE}`, begin, begin + inside.length);
  };

  const linked = (text, start, end) => {
    if (start === end) [start, end] = wordAt(text, start);
    const words = text.slice(start, end);
    if (/^https?:\/\/\S+$/.test(words)) return replaced(text, start, end, `[](${words})`, start + 1, start + 1);
    const address = start + words.length + 3;
    return replaced(text, start, end, `[${words}](https://)`, ...(words ? [address, address + "https://".length] : [start + 1, start + 1]));
  };

  /** {text, start, end}: `text` and what is chosen in it, after a mark was put on what was chosen. */
  const formatted = (text, start, end, mark) => {
    if (LINES[mark]) return listed(text, start, end, LINES[mark]);
    if (mark === "link") return linked(text, start, end);
    const lines = text.slice(start, end).includes("\n");
    if (mark === "block" || (mark === "code" && lines)) return fenced(text, start, end);
    return lines ? wrappedLines(text, start, end, MARKS[mark]) : wrapped(text, start, end, MARKS[mark]);
  };

  /** Writes `words` in the place of what stands from `start` to `end`, as if typed. */
  const put = (field, start, end, words) => {
    field.focus();
    field.setSelectionRange(start, end);
    if (start === end && !words) return;
    if (document.activeElement === field && document.execCommand(words ? "insertText" : "delete", false, words)) return;
    field.setRangeText(words, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  /** Makes a field's text and choice what is wanted, changing no more than differs. */
  const become = (field, { text, start, end }) => {
    const old = field.value;
    const most = Math.min(old.length, text.length);
    let [same, tail] = [0, 0];
    while (same < most && old[same] === text[same]) same += 1;
    while (tail < most - same && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
    put(field, same, old.length - tail, text.slice(same, text.length - tail));
    field.setSelectionRange(start, end);
  };

  comptoir.put = put;
  /** Puts a mark on what is chosen in a field; what stands from `from` to the caret goes (the command that was typed). */
  comptoir.format = (field, mark, from = field.selectionStart) => {
    const { value, selectionStart: start, selectionEnd: end } = field;
    if (from === start) return become(field, formatted(value, start, end, mark));
    become(field, formatted(value.slice(0, from) + value.slice(end), from, from, mark));
  };
  /** The names of keys as this machine has them on its keys. */
  comptoir.nameKeys = (root) => {
    if (!mac) return;
    root.querySelectorAll("kbd").forEach((key) => { if (key.textContent === "Ctrl") key.textContent = "⌘"; });
    root.querySelectorAll('[title*="Ctrl+"]').forEach((button) => { button.title = button.title.replace("Ctrl+", "⌘"); });
  };
  /** Whether the key for commands is held, and no key that makes letters of others (Ctrl+Alt is AltGr). */
  comptoir.commandKey = (event) => (mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey;

  const KEYS = { b: "bold", i: "italic", e: "code", k: "link" };
  const SHIFTED = { Digit7: "numbers", Digit8: "bullets", Digit9: "quote" }; // by place: what Shift makes of them differs
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.(".composer textarea, .edit textarea") || !comptoir.commandKey(event) || event.isComposing) return;
    const mark = event.shiftKey ? SHIFTED[event.code] : KEYS[event.key.toLowerCase()];
    // Without chosen words, Ctrl+K is the command bar's, where there is one.
    if (!mark || (mark === "link" && field.selectionStart === field.selectionEnd && document.getElementById("open-commands"))) return;
    event.preventDefault();
    comptoir.format(field, mark);
  });

  const barOf = (button) => button.form.querySelector(".marks");
  const showBar = (button, shown) => {
    barOf(button).hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
  };
  document.addEventListener("click", (event) => {
    const mark = event.target.closest?.("[data-mark]");
    if (mark?.form) comptoir.format(mark.form.elements.body, mark.dataset.mark);
    const aa = event.target.closest?.("[data-marks]");
    if (!aa) return;
    showBar(aa, barOf(aa).hidden);
    comptoir.own.set("marks", !barOf(aa).hidden);
  });
  // A toolbar is one stop of the Tab key; arrows walk in it.
  document.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.(".marks");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!bar || !step) return;
    const all = [...bar.querySelectorAll("button")];
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
  });
  const begin = () => {
    const button = comptoir.pane()?.querySelector("[data-marks]");
    if (!button) return;
    button.hidden = false;
    comptoir.nameKeys(button.form);
    showBar(button, comptoir.own.get("marks") === true);
  };
  comptoir.on("pane-opened", begin);
  begin();
})();
