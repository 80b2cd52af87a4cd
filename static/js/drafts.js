// What was typed and not sent, and what goes along, as this tab keeps it until the server has it (marks-drafts.js): one looks
// something up elsewhere, or the line is broken. What stands here is newer than what the server knows.
comptoir.drafts = {
  /** {text, kind, more} of what stands in the composer of that discussion, or null. */
  of: (id) => comptoir.own.tab.get(`draft:${id}`),
  /** `more`: {files: [{id, name, size}], reply_to, chosen}. */
  keep(id, text, kind, more) {
    if (text || more.files.length) comptoir.own.tab.set(`draft:${id}`, { text, kind, more });
    else comptoir.own.tab.remove(`draft:${id}`);
    comptoir.emit("draft-kept", { id, text, kind, more });
  },
  /** The version that the server has from this tab, until a page came with it; 0 for none. */
  saved: (id) => comptoir.own?.tab.get(`saved:${id}`) ?? 0,
  note: (id, version) => (version ? comptoir.own.tab.set(`saved:${id}`, version) : comptoir.own.tab.remove(`saved:${id}`)),
};
