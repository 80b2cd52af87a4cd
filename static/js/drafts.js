// What was typed and not sent, by discussion: it outlives the page, for one looks something up elsewhere, but not the tab.
comptoir.drafts = {
  /** {text, kind} of what stands in the composer of that discussion, or null. */
  of: (id) => comptoir.own.tab.get(`draft:${id}`),
  keep(id, text, kind) {
    if (text) comptoir.own.tab.set(`draft:${id}`, { text, kind });
    else comptoir.own.tab.remove(`draft:${id}`);
  },
};
