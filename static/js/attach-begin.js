// Files are chosen, dropped, pasted and looked at by scripts that come when somebody first does anything on the page.
(() => {
  const names = ["pointerover", "keydown", "dragenter", "change"];
  let there = false;
  const bring = async () => {
    const parts = document.getElementById("attach");
    if (!parts) return;
    names.forEach((name) => document.removeEventListener(name, bring));
    there = await comptoir.load(parts);
  };
  names.forEach((name) => document.addEventListener(name, bring));
  // A finger that opens a picture is the first thing that happens; on a slow line the picture would go to another tab.
  document.addEventListener("click", async (event) => {
    const picture = event.target.closest?.("a.image[data-save]");
    if (there || !picture || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await bring();
    if (there) picture.click();
  });
})();
