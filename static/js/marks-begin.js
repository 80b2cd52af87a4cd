// What is seen, typed, drafted and felt (marks.js) is no part of a page until there is any of it.
(() => {
  const live = document.getElementById("live");
  const bring = async (act, given) => {
    if (await comptoir.load(live)) comptoir.marks[act]?.(given);
  };

  comptoir.mark = (frame) => bring("told", frame);
  document.addEventListener("focusin", (event) => event.target.closest?.(".composer, .answer") && comptoir.live?.open && bring());
  document.addEventListener("click", (event) => {
    const sign = event.target.closest?.("[data-react]");
    if (sign) bring("react", sign);
  });
  comptoir.on("live-open", () => comptoir.live.again && comptoir.stream() && bring("again")); // frames are not sent again
  const begin = () => (document.querySelector(".stream[data-mine], .row > .draft") || comptoir.drafts?.saved(comptoir.openId())) && bring();
  comptoir.on("pane-opened", begin);
  begin();
})();
