// Emoji at messages: one's own, and putting and taking them.
(() => {
  const { words, staff, quietly, make, form } = comptoir.marks;
  const mine = new Map(); // message -> a client's own emoji, which no fragment tells
  const feel = (message, emoji, on) => {
    const its = mine.get(message) ?? new Set();
    mine.set(message, its);
    if (on) its.add(emoji);
    else its.delete(emoji);
    show(message);
  };

  const show = (message) => {
    const article = document.getElementById(`m-${message}`);
    if (!article || article.classList.contains("deleted")) return;
    const its = mine.get(message);
    const box = article.querySelector(":scope > .reactions") ?? make("p", { className: "reactions" });
    box.querySelectorAll(".own").forEach((chip) => chip.remove());
    box.querySelectorAll(".reaction").forEach((chip) => chip.classList.toggle("mine", its.has(chip.dataset.react)));
    for (const emoji of its) {
      if (box.querySelector(`[data-react="${CSS.escape(emoji)}"]`)) continue;
      const chip = make("button", { className: "reaction own mine", type: "button", ariaLabel: `${emoji} ${words.you}` }, emoji);
      chip.dataset.react = emoji;
      box.append(chip);
    }
    if (!box.firstElementChild) box.remove();
    else if (!box.isConnected) article.querySelector(":scope > .body").after(box);
  };

  const toggle = async (article, emoji) => {
    const id = article.id.slice(2);
    const shown = document.getElementById(article.id); // drawn anew, or gone, while one chose
    const stream = shown?.closest(".stream");
    if (!stream) return;
    const chip = shown.querySelector(`.reaction[data-react="${CSS.escape(emoji)}"]`);
    const on = staff ? !chip?.dataset.by.split(" ").includes(comptoir.key) : !mine.get(id)?.has(emoji);
    const response = await quietly(comptoir.post(`${stream.dataset.messages}/${id}/reactions${on ? "" : `?emoji=${encodeURIComponent(emoji)}`}`, { emoji }, on ? {} : { method: "DELETE" }));
    if (!response?.ok) return comptoir.toast(document.getElementById("failed-text").content.textContent);
    if (staff) await htmx.swap({ sourceElement: stream, target: stream, swap: "none", text: await response.text() });
    else feel(id, emoji, on);
  };

  /** The picker puts what is chosen into a field; here it is one that nobody sees. */
  const choose = async (article) => {
    const button = form()?.querySelector("[data-emoji]");
    const still = comptoir.moment();
    if (!button || !(await comptoir.load(button)) || !still() || !button.isConnected) return;
    const field = make("input", {});
    field.addEventListener("input", () => toggle(article, field.value));
    comptoir.emojiPicker(field, button);
  };

  const own = () => {
    const stream = comptoir.stream();
    for (const [message, signs] of Object.entries(JSON.parse(stream?.dataset.mine ?? "{}"))) mine.set(message, new Set(signs));
    delete stream?.dataset.mine;
    mine.forEach((_, message) => show(message));
  };

  comptoir.on("stream-changed", () => mine.forEach((_, message) => show(message)));
  comptoir.on("pane-opened", own);
  comptoir.marks.acts.reaction = feel;
  comptoir.marks.react = (sign) => {
    if (!comptoir.composer?.form()) return; // the page of a mail's link shows them, and no more
    const article = sign.closest(".message");
    if (sign.dataset.react) toggle(article, sign.dataset.react);
    else choose(article);
  };
  own();
})();
