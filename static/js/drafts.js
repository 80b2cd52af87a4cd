// What was typed and not sent, as this tab keeps it until the server has it (marks.js): one looks something up elsewhere,
// or the line is broken. What stands here is newer than what the server knows.
comptoir.drafts = {
  /** {text, kind} of what stands in the composer of that discussion, or null. */
  of: (id) => comptoir.own.tab.get(`draft:${id}`),
  keep(id, text, kind) {
    if (text) comptoir.own.tab.set(`draft:${id}`, { text, kind });
    else comptoir.own.tab.remove(`draft:${id}`);
    comptoir.emit("draft-kept", { id, text, kind });
  },
};
