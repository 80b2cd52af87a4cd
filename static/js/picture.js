// One's own picture: chosen, dropped or pasted, seen before it is saved. What the browser can read is cut and made small
// here, so that a phone's largest photo goes up in a moment; what it cannot goes as it is, and the server says why not.
(() => {
  const SIDE = 768;
  const form = () => document.querySelector(".picture-form");

  const square = async (file) => {
    const image = await createImageBitmap(file);
    const side = Math.min(image.width, image.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.min(side, SIDE);
    const paint = canvas.getContext("2d");
    paint.fillStyle = "white"; // as the server does with what one can see through
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.imageSmoothingQuality = "high";
    paint.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  const put = (it, file) => {
    const files = new DataTransfer();
    if (file) files.items.add(file);
    it.elements.picture.files = files.files;
  };

  const say = (it, words) => {
    const line = Object.assign(document.createElement("p"), { className: "error", textContent: words });
    line.setAttribute("role", "alert");
    it.querySelector(".picture-error").replaceChildren(...(words ? [line] : []));
  };

  const take = async (it, file) => {
    const save = it.querySelector(".primary");
    save.disabled = true; // else who is fast sends the file as it was
    it.querySelector(".avatar canvas")?.remove();
    say(it, "");
    try {
      const canvas = await square(file);
      const blob = await new Promise((done) => { canvas.toBlob(done, "image/webp", 0.92); });
      put(it, new File([blob], file.name, { type: blob.type }));
      it.querySelector(".avatar").append(canvas);
    } catch {
      const fits = file.size <= Number(it.dataset.most);
      put(it, fits ? file : null);
      if (!fits) say(it, it.dataset.tooLarge);
    }
    save.disabled = false;
  };

  document.addEventListener("change", (event) => {
    const [file] = event.target.matches?.("#picture-file") ? event.target.files : [];
    if (file) take(form(), file);
  });
  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file || !form()) return;
    event.preventDefault();
    take(form(), file);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const it = form();
      if (!it || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault(); // beside the form too: else the browser leaves the page for the file
      it.toggleAttribute("data-over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) take(it, event.dataTransfer.files[0]);
    });
  }

  const ready = () => form()?.setAttribute("data-scripted", "");
  document.addEventListener("htmx:after:swap", ready);
  ready();
})();
