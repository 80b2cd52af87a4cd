// Who has read up to where: to staff person by person, to clients one “Seen”.
(() => {
  const { words, streamOf, make } = comptoir.marks;
  const readers = new Map(); // discussion -> {person: what the server said last}
  const seen = (id, by) => {
    const known = readers.get(id) ?? {};
    readers.set(id, Object.assign(known, { [by.key ?? "team"]: by }));
    if (streamOf(id)) comptoir.keepPlace(streamOf(id), () => showReaders(streamOf(id)));
  };

  const numbered = (stream, number) => stream.querySelector(`:scope > .message[data-number="${number}"]`);

  const showReaders = (stream) => {
    for (const by of Object.values(readers.get(stream.dataset.discussion) ?? {})) {
      if (typeof by === "number") showTeam(stream, by);
      else showReader(stream, by);
    }
  };

  const showTeam = (stream, number) => {
    const message = numbered(stream, number);
    if (!message || message.nextElementSibling?.matches(".seen")) return;
    stream.querySelector(":scope > .seen")?.remove();
    message.after(make("p", { className: "seen" }, icon("check-check"), words.seen));
  };

  const icon = (name) => {
    const use = document.querySelector("use").cloneNode();
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
    const svg = document.querySelector("svg.icon-s").cloneNode();
    svg.append(use);
    return svg;
  };

  const showReader = (stream, by) => {
    const message = numbered(stream, by.number);
    const old = stream.querySelector(`[data-reader="${CSS.escape(by.key)}"]`);
    const before = old?.parentElement;
    if (before && before.previousElementSibling === message) return;
    old?.remove();
    if (before?.querySelector("[data-reader]")) name(before);
    else before?.remove();
    if (message && message.dataset.author !== by.key) place(stream, message, by);
  };

  const place = (stream, message, by) => {
    let foot = message.nextElementSibling;
    if (!foot?.matches(".seen-by")) {
      foot = make("button", { className: "seen-by", type: "button" });
      foot.setAttribute("hx-get", `${stream.dataset.messages}/${message.id.slice(2)}/delivery`);
      foot.setAttribute("hx-target", "#dialog");
      message.after(foot);
      htmx.process(foot);
    }
    const face = make("span", { className: `avatar tiny hue-${Math.floor(by.hue / 15)}`, ariaHidden: "true" }, by.initials);
    const reader = make("span", {}, face);
    Object.assign(reader.dataset, { reader: by.key, name: by.name });
    foot.prepend(...foot.querySelectorAll("[data-reader]"), reader);
    name(foot);
  };

  const name = (foot) => {
    const names = [...foot.querySelectorAll("[data-reader]")].map(({ dataset }) => dataset.name).join(", ");
    foot.title = words.seen_by.replace("{names}", () => names);
    foot.querySelector(":scope > .hidden")?.remove();
    foot.append(make("span", { className: "hidden" }, foot.title));
  };

  comptoir.on("stream-changed", ({ target }) => showReaders(target));
  comptoir.marks.acts.seen = seen;
})();
