// Answering on the page of a mail's link: sent at once, kept when it fails, with a token that makes a retry the same.
(() => {
  const form = document.getElementById("reply");
  const { body, token } = form.elements;

  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement !== form || !(response?.status < 300)) return;
    form.querySelector("file-shelf").clear?.();
    body.value = "";
    token.value = comptoir.token();
    comptoir.grow(body);
    body.dispatchEvent(new Event("input", { bubbles: true }));
    comptoir.scroll.toEnd();
  });

  // The rules of the portal's composer: Enter begins a line here, for a page that one sees seldom; Ctrl+Enter sends.
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // What arrives live is drawn for the portal, too; here, files are the link's to open.
  comptoir.on("coming", ({ detail: { fragment } }) => {
    for (const name of ["href", "src", "data-save"]) {
      for (const node of fragment.querySelectorAll(`[${name}^="/files/"]`)) node.setAttribute(name, location.pathname + node.getAttribute(name));
    }
  });

  // So is what is asked with a message that arrives live.
  document.addEventListener("htmx:before:request", (event) => {
    const { request } = event.detail.ctx;
    const asked = /\/discussions\/[^/]+(\/agreements\/.+)$/.exec(request.action);
    if (asked) request.action = location.pathname + asked[1];
  });

  comptoir.on("link-over", () => {
    const over = document.querySelector(".link-over");
    over.hidden = false;
    document.title = comptoir.pane().dataset.title = over.dataset.title;
    document.querySelectorAll(".link-head, .link-sheet > .middle").forEach((shown) => shown.remove());
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    form.querySelector(".actions").remove();
    body.readOnly = true;
    form.hidden = !body.value;
  });
})();
