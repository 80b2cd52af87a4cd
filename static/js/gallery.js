// Pictures over the page: the arrow keys go from one to the next, as they stand in it, Esc goes back to where one was.
(() => {
  let open = null; // {dialog, all, at}
  const template = document.getElementById("viewer");

  const show = (at) => {
    const { dialog, all } = open;
    open.at = Math.min(Math.max(at, 0), all.length - 1);
    const picture = all[open.at];
    const name = (picture.querySelector("bdi") ?? picture.parentElement.querySelector("bdi"))?.textContent ?? "";
    comptoir.slot(dialog, "name").textContent = all.length > 1 ? `${name} (${open.at + 1}/${all.length})` : name;
    dialog.querySelector("header a").href = picture.dataset.save;
    const small = picture.querySelector("img")?.src ?? "";
    const shown = dialog.querySelector(":scope > img");
    const full = new Image();
    shown.src = small || picture.href; // at once, and then as it is
    full.onload = () => { if (open?.dialog === dialog && all[open.at] === picture) shown.src = full.src; };
    full.src = picture.href;
    shown.alt = name;
    dialog.querySelectorAll("[data-step]").forEach((step) => { step.disabled = !all[open.at + Number(step.dataset.step)]; });
  };

  comptoir.view = (picture) => {
    const dialog = template.content.firstElementChild.cloneNode(true);
    const all = [...document.querySelectorAll("a.image[data-save]")].filter((one) => (one.closest(".rest")?.parentElement ?? one).offsetParent);
    document.body.append(dialog);
    open = { dialog, all, at: 0 };
    dialog.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (step) show(open.at + Number(step.dataset.step));
      else if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: open.at - 1, ArrowRight: open.at + 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      show(to);
    });
    dialog.addEventListener("close", () => {
      const { save } = all[open.at].dataset;
      open = null;
      dialog.remove();
      const last = document.querySelector(`a.image[data-save="${save}"]`); // it may have been drawn anew
      (last?.closest(".rest")?.parentElement.querySelector("[data-more]") ?? last)?.focus({ preventScroll: true });
    });
    show(all.indexOf(picture));
    dialog.showModal();
    dialog.tabIndex = -1;
    dialog.focus();
  };
})();
