// Writes every <time datetime> in the reader's zone and language, because fragments are drawn once for all readers.
// data-format: time (14:02), moment (14:02, yesterday 14:02, 3 May 14:02), short (14:02, yesterday, Tue, 3 May), day (a day line), date, full.
(() => {
  const { language, zone } = comptoir;
  const tag = language === "en" ? "en-GB" : language;
  const make = (options) => {
    try {
      return new Intl.DateTimeFormat(tag, { timeZone: zone, ...options });
    } catch {
      return new Intl.DateTimeFormat(tag, options);
    }
  };
  const formats = {
    clock: make({ hour: "2-digit", minute: "2-digit" }),
    weekday: make({ weekday: "short" }),
    longday: make({ weekday: "long", day: "numeric", month: "long" }),
    longdayYear: make({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    short: make({ day: "numeric", month: "short" }),
    shortYear: make({ day: "numeric", month: "short", year: "numeric" }),
    date: make({ day: "numeric", month: "long", year: "numeric" }),
    full: make({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }),
    parts: new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }),
  };
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: "auto" });
  const capital = (text) => text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);

  /** The calendar day in the reader's zone, as YYYY-MM-DD. */
  const dayOf = (at) => formats.parts.format(at);
  const daysAgo = (at) => Math.round((Date.parse(dayOf(new Date())) - Date.parse(dayOf(at))) / 86400000);
  const thisYear = (at) => dayOf(at).slice(0, 4) === dayOf(new Date()).slice(0, 4);

  const write = {
    time: (at) => formats.clock.format(at),
    full: (at) => formats.full.format(at),
    date: (at) => formats.date.format(at),
    moment(at) {
      const ago = daysAgo(at);
      if (ago === 0) return formats.clock.format(at);
      const day = Math.abs(ago) === 1 ? relative.format(-ago, "day") : (thisYear(at) ? formats.short : formats.shortYear).format(at);
      return `${day} ${formats.clock.format(at)}`;
    },
    day(at) {
      const ago = daysAgo(at);
      if (ago === 0 || ago === 1) return capital(relative.format(-ago, "day"));
      return capital((thisYear(at) ? formats.longday : formats.longdayYear).format(at));
    },
    short(at) {
      const ago = daysAgo(at);
      if (ago <= 0) return ago ? write.moment(at) : formats.clock.format(at);
      if (ago === 1) return relative.format(-1, "day");
      if (ago < 7) return formats.weekday.format(at);
      return (thisYear(at) ? formats.short : formats.shortYear).format(at);
    },
  };

  const fill = (element) => {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) return;
    const text = (write[element.dataset.format] ?? write.short)(at);
    if (element.textContent !== text) element.textContent = text;
    element.title = write.full(at);
  };
  const fillAll = (root = document) => root.querySelectorAll("time[datetime]").forEach(fill);

  comptoir.times = { dayOf, day: write.day, fillAll };
  fillAll();
  new MutationObserver((records) => {
    for (const { target, addedNodes, type } of records) {
      // A morph writes the server's text into a time that stays.
      if (type === "characterData" && target.parentElement?.dateTime) fill(target.parentElement);
      for (const node of addedNodes) {
        if (node.nodeType !== 1) continue;
        if (node.matches("time[datetime]")) fill(node);
        else fillAll(node);
      }
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });

  // After midnight "14:02" is "yesterday".
  let today = dayOf(new Date());
  setInterval(() => {
    if (dayOf(new Date()) === today) return;
    today = dayOf(new Date());
    fillAll();
    comptoir.emit("day-changed");
  }, 30000);
})();
