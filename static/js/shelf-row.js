// One file on its way, as the shelf (uploads.js) shows it: a small picture where it is one, its name, how far it is, buttons.
(() => {
  const SIDE = 68; // pixels: twice what is shown
  const END = 12; // characters of a long name that always show
  const make = (tag, more, ...inside) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...inside);
    return made;
  };

  /** As files/_name.html draws it. */
  const named = (name) => (name.length > 20
    ? make("bdi", { className: "file-name" }, make("span", {}, name.slice(0, -END)), make("span", {}, name.slice(-END)))
    : make("bdi", {}, name));

  /** Drawn from the file itself, before it is anywhere; what the browser cannot draw has none. */
  const picture = async (file, row) => {
    const drawn = await createImageBitmap(file).catch(() => null);
    if (!drawn) return;
    const side = Math.min(drawn.width, drawn.height);
    const canvas = make("canvas", { width: SIDE, height: SIDE, ariaHidden: "true" });
    canvas.getContext("2d").drawImage(drawn, (drawn.width - side) / 2, (drawn.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    drawn.close();
    row.prepend(canvas);
  };

  const button = (name, label, text, of) => {
    const made = make("button", { type: "button", className: "link", title: label, ariaLabel: `${label}: ${of}` }, text);
    made.dataset[name] = "";
    return made;
  };

  comptoir.shelfRow = (item, words) => {
    const row = make("div", { className: "bringing" }, named(item.name), make("small"));
    row.append(button("again", words.again, words.again, item.name), button("out", words.out, "✕", item.name));
    row.append(make("progress", { max: 1, ariaLabel: item.name }));
    if (item.file?.type.startsWith("image/")) picture(item.file, row);
    return row;
  };
})();
