// What the behaviours share. Plain scripts, loaded in order, because a module's imports could not carry
// the content hash that lets the browser keep them for ever. They talk to each other by events on document.
window.comptoir = (() => {
  const body = document.body;
  const slot = (root, name) => root.querySelector(`[data-slot="${name}"]`);

  /** A clone of the content of <template id>, as one element. */
  const clone = (id) => document.getElementById(id)?.content.firstElementChild.cloneNode(true);

  const csrf = () => document.querySelector('meta[name="csrf-token"]').content;

  /**
   * Takes the token of today's session, for who signed in again in another tab. False when that is
   * another person, whose name this page's words must not go out under, or nobody.
   */
  const renew = async () => {
    const response = await fetch(location.pathname, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.body.dataset.key || page.body.dataset.key !== body.dataset.key) return false;
    const token = page.querySelector('meta[name="csrf-token"]').content;
    document.querySelector('meta[name="csrf-token"]').content = token;
    document.querySelectorAll('input[name="csrf_token"]').forEach((input) => { input.value = token; });
    body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
    return true;
  };

  const outOfDate = async (response) => response.status === 400 && (await response.clone().text()).includes('data-code="bad_csrf"');

  /** fetch, and once more with today's token where the page's was refused: then nothing was done yet. */
  const request = async (url, options) => {
    const response = await fetch(url, options);
    if (!(await outOfDate(response)) || !(await renew().catch(() => false))) return response;
    options.headers["X-CSRFToken"] = csrf();
    if (options.body?.has("csrf_token")) options.body.set("csrf_token", csrf());
    return fetch(url, options);
  };

  /** POST form fields as htmx would, and give the response; only a network failure rejects. `more` is for fetch. */
  const post = (url, fields, more = {}) =>
    request(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "HX-Request": "true", "X-CSRFToken": csrf() },
      body: new URLSearchParams(fields),
      ...more,
    });

  const emit = (name, detail, from = document) => from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  const on = (name, handle) => document.addEventListener(name, handle);

  const pane = () => document.getElementById("pane");
  const openId = () => pane()?.dataset.discussion ?? null;
  const stream = () => pane()?.querySelector(".stream") ?? null;

  const token = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const loaded = new Map();
  const bring = (element) => new Promise((resolve, reject) => {
    Object.assign(element, { onload: resolve, onerror: reject });
    document.head.append(element);
  });

  /**
   * Brings what is not part of a page until it is wanted: the scripts (in their order) and styles whose addresses stand
   * in data-scripts and data-style of an element. Whether they came; where not, a word says so, and the next try asks again.
   */
  const load = async ({ dataset: { scripts = "", style = "" } }) => {
    const link = (href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    const script = (src) => Object.assign(document.createElement("script"), { src, async: false });
    const once = (address, make) => {
      if (!loaded.has(address)) loaded.set(address, bring(make(address)).catch((error) => { loaded.delete(address); throw error; }));
      return loaded.get(address);
    };
    const each = (addresses, make) => addresses.split(" ").filter(Boolean).map((address) => once(address, make));
    try {
      await Promise.all([...each(style, link), ...each(scripts, script)]);
      return true;
    } catch {
      comptoir.toast(document.getElementById("failed-text").content.textContent);
      return false;
    }
  };

  let typed = 0;
  document.addEventListener("input", ({ isTrusted }) => { typed += isTrusted; }, true);
  /** Tells later whether somebody is still at what they are at now: wrote nothing since, and opened no dialog. */
  const moment = () => {
    const [then, dialog] = [typed, document.querySelector("dialog[open]")];
    return () => typed === then && document.querySelector("dialog[open]") === dialog;
  };

  /** Words for comparing: without case and accents, oe for œ. */
  const fold = (text) => text.replace(/œ/gi, "oe").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  return {
    key: body.dataset.key ?? "",
    language: document.documentElement.lang || "en",
    zone: document.documentElement.dataset.timeZone || undefined,
    slot, clone, post, request, load, emit, on, pane, openId, stream, token, moment, fold,
  };
})();
