// Files that are chosen, dropped or pasted go to the shelf of the form (uploads.js), which comes with the first of them;
// pictures open over the page (gallery.js).
(() => {
  const shelfOf = (node) => (node.closest?.("form, dialog") ?? document.querySelector("dialog[open] form, .composer, #reply"))?.querySelector("file-shelf");

  // Who writes may add files when the line is gone: what shows them has come by then.
  const ready = ({ target }) => {
    const shelf = target.closest?.("form")?.querySelector("file-shelf");
    if (shelf && comptoir.live?.open) comptoir.load(shelf);
  };
  document.addEventListener("focusin", ready);
  if (document.activeElement) ready({ target: document.activeElement });

  // Those that were chosen while what shows them is on its way, whatever one looks at meanwhile.
  const chosen = (comptoir.chosen = new Map()); // where they are announced -> [File]
  const add = async (shelf, list) => {
    const files = [...list]; // the browser's list empties itself
    if (!shelf || !files.length) return;
    if (shelf.add) return shelf.add(files);
    const { uploads } = shelf.dataset;
    chosen.set(uploads, [...(chosen.get(uploads) ?? []), ...files]);
    if (!(await comptoir.load(shelf))) chosen.delete(uploads);
  };

  const choose = (field) => {
    add(shelfOf(field), field.files);
    field.value = "";
  };
  document.addEventListener("change", ({ target }) => target.name === "upload" && choose(target));
  document.querySelectorAll("[name=upload]").forEach(choose); // chosen before this was here
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    if (!files.length || types.includes("text/plain") || !shelfOf(event.target)) return; // of what an office program copies, the words
    event.preventDefault();
    add(shelfOf(event.target), files);
  });

  const over = (shelf) => {
    const place = document.querySelector("dialog[open]") ?? comptoir.pane();
    if (!place) return;
    if (shelf) place.dataset.dropping = shelf.dataset.drop;
    else delete place.dataset.dropping;
  };
  let left = null;
  document.addEventListener("dragover", (event) => {
    const shelf = event.dataTransfer.types.includes("Files") && shelfOf(document.body);
    if (!shelf) return;
    event.preventDefault();
    comptoir.load(shelf).then((came) => came && left && over(shelf));
    clearTimeout(left);
    left = setTimeout(() => { left = null; over(); }, 200); // dragover comes again and again, until it ends
  });
  document.addEventListener("drop", (event) => {
    const shelf = event.dataTransfer.files.length && shelfOf(document.body);
    if (!shelf) return;
    event.preventDefault();
    add(shelf, event.dataTransfer.files);
  });

  comptoir.on("message-arrived", ({ detail: { message } }) => message.querySelector(".attachments") && comptoir.emit("files-changed", {}, document.body));

  document.addEventListener("click", async (event) => {
    const picture = event.target.closest?.("a.image[data-save]");
    const parts = document.getElementById("viewer");
    if (!picture || !parts || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if ((await comptoir.load(parts)) && picture.isConnected) comptoir.view(picture);
  });
})();
