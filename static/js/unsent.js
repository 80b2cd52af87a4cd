// What was not sent and stands in no open discussion: a line leads to it. Where one is no longer in its discussion, the
// words are shown once, to be copied: nothing typed is lost, and nothing of the discussion is told.
(() => {
  const line = document.getElementById("unsent");
  const elsewhere = () => comptoir.outbox.all().filter(({ state, discussion }) => state === "failed" && discussion !== comptoir.openId());
  const folderOf = ({ url }) => url.slice(0, url.lastIndexOf("/"));
  let waiting = null;

  const show = () => {
    const failed = elsewhere().filter(({ signedOut }) => !signedOut);
    const [first] = failed.filter(({ gone }) => !gone);
    line.hidden = !first;
    if (first) line.querySelector("a").href = folderOf(first);
    if (failed.some(({ gone }) => gone)) waiting ??= setTimeout(tell);
  };

  /** Whether somebody is in the middle of something, from which no dialog should tear them. */
  const busy = () => document.hidden || document.querySelector("dialog[open], :popover-open") || document.activeElement?.value;

  const tell = () => {
    waiting = null;
    // Where one message found nobody, no other will.
    const gone = [...new Set(elsewhere().filter((item) => item.gone).map(({ discussion }) => discussion))].flatMap(comptoir.outbox.of);
    if (!gone.length) return;
    if (busy()) return void (waiting = setTimeout(tell, 2000));
    const dialog = comptoir.clone("unsent-gone");
    dialog.querySelector("textarea").value = gone.map(({ body }) => body).join("\n\n");
    dialog.addEventListener("close", () => gone.forEach((item) => comptoir.outbox.drop(item)));
    document.getElementById("dialog").replaceChildren(dialog);
  };

  /** What had failed before may be of a discussion that one has left since: then nothing leads there any more. */
  const check = async () => {
    for (const item of elsewhere().filter(({ gone }) => !gone)) {
      const answer = await fetch(`${folderOf(item)}/row`, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
      if (answer?.status === 404) item.gone = true, show();
    }
  };

  for (const name of ["outbox-changed", "outbox-left", "pane-opened"]) comptoir.on(name, show);
  check();
  show();
})();
