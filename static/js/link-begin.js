// A link's page has no list and no other panes. What the behaviours of a discussion say to those falls silent here.
(() => {
  const nothing = () => {};
  comptoir.rows = { refresh: nothing, read: nothing, ask: nothing, remove: nothing, upsert: () => [] };
  comptoir.unread = { show: nothing };
  comptoir.panes = { removed: () => comptoir.emit("link-over") };
})();
