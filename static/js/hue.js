// Draws a brand's tints while its colour is chosen. A property of the CSSOM, not a style attribute: the CSP allows it.
{
  const draw = (range) => range.closest('[data-hue-preview]').style.setProperty('--hue', range.value);

  document.addEventListener('input', (event) => {
    if (event.target.matches('[data-hue-preview] input[type="range"]')) draw(event.target);
  });

  new MutationObserver(() => {
    const range = document.querySelector('#dialog [data-hue-preview] input[type="range"]');
    if (range) draw(range);
  }).observe(document.getElementById('dialog'), { childList: true, subtree: true });
}
