// Chooses the browser's own time zone in a form that nobody has filled in yet.
{
  const select = document.querySelector('[data-own-zone] select');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (select && [...select.options].some((option) => option.value === zone)) select.value = zone;
}
