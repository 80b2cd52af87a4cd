// Files are chosen, dropped, pasted and looked at by scripts that come when somebody first does anything on the page.
(() => {
  const names = ["pointerover", "keydown", "dragenter", "change"];
  const bring = () => {
    const parts = document.getElementById("attach");
    if (parts) names.forEach((name) => document.removeEventListener(name, bring)), comptoir.load(parts);
  };
  names.forEach((name) => document.addEventListener(name, bring));
})();
