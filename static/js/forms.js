// Small things for every form: a counter near a limit, no double submit, fields that grow where the browser does not do it.
(() => {
  const words = document.getElementById("limit-text").dataset;
  const length = (text) => [...text.replace(/\r\n/g, "\n")].length;

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-grow]")) grow(field);
    const limit = Number(field.dataset?.limit);
    const line = limit && document.querySelector(`[data-limit-for="${CSS.escape(field.id)}"]`);
    if (!line) return;
    line.dataset.text ??= line.textContent;
    const left = limit - length(field.value);
    line.toggleAttribute("data-over", left < 0);
    line.textContent = left < 0 ? words.over.replace("{n}", -left) : left <= limit / 10 ? words.left.replace("{n}", left) : line.dataset.text;
  });

  const grow = (field) => {
    if (CSS.supports("field-sizing", "content")) return;
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight + 2}px`;
  };
  comptoir.grow = grow;
  comptoir.length = length;

  // A space belongs to one brand: choosing it chooses that one.
  document.addEventListener("change", (event) => {
    const brands = event.target.name === "space" && event.target.closest("[data-space-brands]");
    const brand = brands && JSON.parse(brands.dataset.spaceBrands)[event.target.value];
    if (brand && event.target.form.elements.brand) event.target.form.elements.brand.value = brand;
  });

  // Who signed in again in another tab goes on here: what is refused for its old token alone is sent once more.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.request.method !== "GET") ctx.fetch = comptoir.request;
    // What a button brings works from its first moment: its scripts (data-scripts) are there before it.
    if (ctx.sourceElement.matches("button[data-scripts]")) ctx.fetch = async (...asked) => (await Promise.all([fetch(...asked), comptoir.load(ctx.sourceElement)]))[0];
  });

  // What comes by itself and needs more than the page has (data-scripts, data-style) brings it.
  const bring = () => document.querySelectorAll("[data-bring]").forEach((element) => {
    element.removeAttribute("data-bring");
    comptoir.load(element);
  });
  document.addEventListener("htmx:after:swap", bring);
  comptoir.on("pane-opened", bring);
  bring();

  // A plain form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[hx-post], [method=get]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }));

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-dismiss]");
    if (button) dismiss(button.closest(button.dataset.dismiss));
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".edit");
    if (!form) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      dismiss(form);
    }
    const sends = document.querySelector(".composer")?.hasAttribute("data-enter-sends");
    if (event.key === "Enter" && !event.isComposing && ((sends && !event.shiftKey) || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }, true);
  // Asked for twice, it stands there once.
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, target } = event.detail.ctx ?? {};
    if (sourceElement?.matches?.("[data-edit]") && target?.querySelector(".edit")) event.preventDefault();
  });
  // Saved words come back as a message in the form's place; where none were changed, it goes by itself.
  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement?.matches?.(".edit") && sourceElement.isConnected && response?.status < 300) dismiss(sourceElement);
  });
  const dismiss = (element) => {
    const message = element.closest(".message");
    element.remove();
    message?.focus({ preventScroll: true });
  };
})();
