// The dialog of an announcement's readers: search among them, all at once, all of a space; how many were chosen.
(() => {
  const dialogOf = (element) => element.closest?.("[data-readers]");
  const people = (place) => [...place.querySelectorAll('[name="person"]')].filter((box) => !box.closest("label").hidden);

  const count = (dialog) => {
    const chosen = dialog.querySelectorAll('[name="person"]:checked').length;
    dialog.querySelector("[data-chosen]").textContent = chosen ? ` (${chosen})` : "";
    for (const all of dialog.querySelectorAll("[data-all]")) {
      const its = people(all.closest("fieldset") ?? dialog);
      all.checked = its.length > 0 && its.every((box) => box.checked);
      all.indeterminate = !all.checked && its.some((box) => box.checked);
    }
  };

  const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const find = (dialog, words) => {
    for (const space of dialog.querySelectorAll("[data-space]")) {
      const whole = plain(space.dataset.space).includes(words);
      for (const one of space.querySelectorAll("[data-name]")) one.hidden = !whole && !plain(one.dataset.name).includes(words);
      space.hidden = !people(space).length;
    }
    count(dialog);
  };

  document.addEventListener("change", (event) => {
    const dialog = dialogOf(event.target);
    if (!dialog) return;
    if (event.target.matches("[data-all]")) {
      for (const box of people(event.target.closest("fieldset") ?? dialog)) box.checked = event.target.checked;
    }
    count(dialog);
  });
  const look = (field) => find(dialogOf(field), plain(field.value.trim()));
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-find-reader]")) look(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("[data-find-reader]")) event.preventDefault();
  });
  for (const field of document.querySelectorAll("[data-readers] [data-find-reader]")) look(field); // typed before this came
})();
