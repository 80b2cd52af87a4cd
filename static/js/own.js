// What this browser keeps for its person and for nobody else: beyond the window what is on its way (outbox.js) and what
// they like, with the tab what they were typing. Signing out, or somebody else signing in, forgets all of it (a shared
// computer). After a sign-out was begun here, nothing more is kept by this page.
(() => {
  const MINE = `own:${comptoir.key}:`;
  let leaving = false;

  const forget = (unwanted) =>
    [localStorage, sessionStorage].forEach((store) => Object.keys(store).filter(unwanted).forEach((name) => store.removeItem(name)));

  const keeper = (store) => ({
    get: (name) => JSON.parse(store.getItem(MINE + name)),
    has: (name) => store.getItem(MINE + name) !== null,
    remove: (name) => store.removeItem(MINE + name),
    names: (beginning) => Object.keys(store).filter((name) => name.startsWith(MINE + beginning)).map((name) => name.slice(MINE.length)),
    /** Whether it is kept: there may be no room. */
    set(name, value) {
      if (leaving) return false;
      try {
        store.setItem(MINE + name, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
  });

  comptoir.own = {
    ...keeper(localStorage),
    tab: keeper(sessionStorage),
    leaving: () => leaving,
    /** Tells `changed` what another window did: (name, value), with null for what is gone. */
    watch(beginning, changed) {
      addEventListener("storage", ({ storageArea, key, newValue }) => {
        if (storageArea !== localStorage) return;
        if (key === null) changed(null, null);
        else if (key.startsWith(MINE + beginning)) changed(key.slice(MINE.length), JSON.parse(newValue));
      });
    },
  };
  forget((name) => name.startsWith("own:") && !name.startsWith(MINE));
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") !== "/logout") return;
    leaving = true;
    forget((name) => name.startsWith("own:"));
  });
})();
