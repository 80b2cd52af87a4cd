// How many messages are unread, from (last, read) of each discussion, never by adding and subtracting.
// Shown in the tab's title and on the bar.
(() => {
  const marks = new Map(Object.entries(JSON.parse(document.querySelector('meta[name="unread"]')?.content || "{}")));
  const plain = document.title;

  const total = () => [...marks.values()].reduce((sum, [last, read]) => sum + Math.max(0, last - read), 0);

  const show = () => {
    const count = total();
    const name = comptoir.pane()?.dataset.title ?? plain;
    document.title = count ? `(${count}) ${name}` : name;
    document.querySelectorAll("[data-unread-total]").forEach((badge) => {
      badge.textContent = count > 99 ? "99+" : count;
      badge.hidden = count === 0;
    });
  };

  comptoir.unread = {
    total,
    of: (id) => marks.get(id),
    ids: () => [...marks.keys()],
    set(id, last, read) {
      const [oldLast = 0, oldRead = 0] = marks.get(id) ?? [];
      marks.set(id, [Math.max(last ?? 0, oldLast), Math.max(read ?? 0, oldRead)]);
      show();
    },
    forget(id) {
      marks.delete(id);
      show();
    },
    show,
  };
  show();
})();
