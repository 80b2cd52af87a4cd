// A button with `data-copy-from="id"` copies that field's value and says so for a moment.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy-from]');
  if (!button) return;
  const field = document.getElementById(button.dataset.copyFrom);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand('copy')) return; // the text stays selected, to be copied by hand
  }
  const label = button.querySelector('span');
  const before = label.textContent;
  if (before === button.dataset.done) return;
  label.textContent = button.dataset.done;
  setTimeout(() => { label.textContent = before; }, 2000);
});

// The link can be selected whole by one click or the Tab key.
document.addEventListener('focusin', (event) => {
  if (event.target.matches('.copy-line input')) event.target.select();
});
