// What was typed and not sent, by discussion: it outlives the page, for one looks something up elsewhere, but not the
// tab, and never the person: signing out, or somebody else signing in, forgets it (a shared computer).
(() => {
  const mine = `draft:${comptoir.key}:`;
  const forget = (unwanted) => Object.keys(sessionStorage).filter(unwanted).forEach((name) => sessionStorage.removeItem(name));

  comptoir.drafts = {
    /** {text, kind} of what stands in the composer of that discussion, or null. */
    of: (id) => JSON.parse(sessionStorage.getItem(mine + id)),
    keep(id, text, kind) {
      if (text) sessionStorage.setItem(mine + id, JSON.stringify({ text, kind }));
      else sessionStorage.removeItem(mine + id);
    },
  };
  forget((name) => name.startsWith("draft:") && !name.startsWith(mine));
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/logout") forget((name) => name.startsWith("draft:"));
  });
})();
