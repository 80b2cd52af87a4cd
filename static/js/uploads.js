// <file-shelf>: the files that go with what is being written. Each is brought in parts, shows how far it is, and goes on
// where it was interrupted; what is shown stays when one looks at another discussion meanwhile.
(() => {
  const PART = 512 * 1024; // bytes
  const PATIENCE = 60000; // for one part
  const shelves = new Map(); // where its files are announced -> its items
  const waits = new Set(); // who waits for the connection

  const size = (bytes) => {
    const [amount, unit] = bytes < 1024 ? [bytes, "byte"] : bytes < 1024000 ? [bytes / 1024, "kilobyte"] : [bytes / 1048576, "megabyte"];
    return new Intl.NumberFormat(comptoir.language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount);
  };

  const ask = (item, url, method, more = {}) => comptoir.request(url, {
    method, credentials: "same-origin", ...more,
    headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content, ...more.headers },
    signal: AbortSignal.any([item.stop.signal, AbortSignal.timeout(PATIENCE)]),
  });
  const words = async (response) => new DOMParser().parseFromString(await response.text(), "text/html").body.textContent.trim();
  const offsetIn = (response) => Number(response.headers.get("Upload-Offset"));

  /** A moment, or until the line is there again. */
  const pause = (item) => new Promise((resolve) => {
    const go = () => { clearTimeout(timer); waits.delete(go); resolve(); };
    const timer = setTimeout(go, Math.min(1000 * 2 ** item.tries, 15000));
    item.tries += 1;
    waits.add(go);
  });
  const hurry = () => [...waits].forEach((go) => go());
  addEventListener("online", hurry);
  comptoir.on("live-open", hurry);

  class Refused extends Error {}
  const checked = async (response) => {
    if (response.ok || response.status === 409) return response;
    if (response.status >= 500 || response.status === 429) throw new Error(response.status);
    throw Object.assign(new Refused(await words(response)), { status: response.status });
  };

  const steps = {
    async announce(item) {
      const body = new URLSearchParams({ name: item.name, size: item.size });
      item.id = (await (await checked(await ask(item, item.uploads, "POST", { body }))).json()).id;
    },
    async look(item) {
      item.offset = offsetIn(await checked(await ask(item, item.upload + item.id, "GET")));
      item.unsure = false;
    },
    async bring(item) {
      const body = item.file.slice(item.offset, item.offset + PART);
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(item.offset) };
      const response = await checked(await ask(item, item.upload + item.id, "POST", { body, headers }));
      item.offset = offsetIn(response);
      if (response.status !== 409 && item.offset === item.size) item.state = "done";
    },
  };

  const bring = async (item, tell) => {
    item.state = "sending";
    while (item.state === "sending" || item.state === "waiting") {
      tell();
      try {
        await (!item.id ? steps.announce : item.unsure ? steps.look : steps.bring)(item);
        item.state = item.state === "done" ? "done" : "sending";
        item.tries = 0;
      } catch (error) {
        if (item.stop.signal.aborted) return;
        if (error instanceof Refused && error.status === 404 && item.id && !item.again) Object.assign(item, { id: "", offset: 0, again: true, unsure: false });
        else if (error instanceof Refused) Object.assign(item, { state: "failed", reason: error.message });
        else if (error.name === "NotReadableError") Object.assign(item, { state: "failed" }); // it changed on the disk
        else {
          Object.assign(item, { state: "waiting", unsure: Boolean(item.id) });
          tell();
          await pause(item);
        }
      }
    }
    tell();
  };

  customElements.define("file-shelf", class extends HTMLElement {
    connectedCallback() {
      this.words = JSON.parse(this.dataset.words);
      if (!shelves.has(this.dataset.uploads)) shelves.set(this.dataset.uploads, []);
      this.items = shelves.get(this.dataset.uploads);
      this.items.forEach((item) => { item.shelf = this; item.row = null; });
      const there = [...this.querySelectorAll("[name=file]:checked")].map((box) => ({ id: box.value, name: box.parentElement.textContent, size: Number(box.dataset.size) }));
      this.replaceChildren();
      this.restore(this.due ?? there);
      const { uploads } = this.dataset;
      this.add(comptoir.chosen?.get(uploads) ?? []);
      comptoir.chosen?.delete(uploads);
      this.addEventListener("click", (event) => {
        const item = this.items.find(({ row }) => row?.contains(event.target));
        if (event.target.closest("[data-out]")) this.out(item);
        if (event.target.closest("[data-again]")) this.again(item);
      });
    }

    /** Files that are to go along: File objects. */
    add(files) {
      const { room } = this;
      const over = { state: "failed", reason: this.words.many };
      this.put(files.map((file, place) => ({ file, name: file.name, size: file.size, id: "", offset: 0, state: "new", ...(place < room ? {} : over) })));
      this.run();
    }

    /** How many more a message can have. */
    get room() {
      return Number(this.dataset.many) - this.items.filter(({ state }) => state !== "failed").length;
    }

    /** Those that came before, of a message that was taken back, or of a draft: {id, name, size}. */
    restore(files) {
      const fresh = files.filter(({ id }) => !this.items.some((item) => item.id === id));
      this.put(fresh.map((file) => ({ ...file, offset: file.size, state: "done" })));
    }

    /** These, and those that are on their way, in the place of what is there. */
    hold(files) {
      this.items.splice(0, Infinity, ...this.items.filter(({ id, state }) => state !== "done" || files.some((file) => file.id === id)));
      this.restore(files);
    }

    /** Those that came: {id, name, size}. */
    get brought() {
      return this.items?.filter(({ state }) => state === "done").map(({ id, name, size }) => ({ id, name, size }));
    }

    put(items) {
      const mine = { uploads: this.dataset.uploads, upload: this.dataset.upload, tries: 0, shelf: this };
      this.items.push(...items.map((item) => ({ ...item, ...mine, stop: new AbortController() })));
      this.draw();
    }

    async run() {
      if (this.items.running) return;
      this.items.running = true;
      for (let item; (item = this.items.find(({ state }) => state === "new")); ) {
        await bring(item, () => item.shelf.draw());
        comptoir.emit("shelf-changed");
      }
      this.items.running = false;
    }

    out(item) {
      item.stop.abort();
      this.items.splice(this.items.indexOf(item), 1);
      item.row?.remove();
      hurry();
      if (item.id) comptoir.request(item.upload + item.id, { method: "DELETE", credentials: "same-origin", headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content } }).catch(() => {});
      this.draw();
      comptoir.emit("shelf-changed");
      (this.querySelector("[data-out]") ?? this.closest("form").elements.body)?.focus();
    }

    again(item) {
      if (this.room < 1) return;
      Object.assign(item, { id: "", offset: 0, state: item.file ? "new" : "failed", reason: "", tries: 0, stop: new AbortController() });
      this.run();
      this.draw();
    }

    /** The files, when all are there; else null, and `then` is called when they are. */
    take(then) {
      const late = this.items.find(({ state }) => state !== "done");
      this.then = late && late.state !== "failed" ? then : null;
      if (late?.state === "failed") late.row.querySelector("button").focus();
      this.draw();
      return late ? null : this.brought;
    }

    /** They are gone with a message. */
    clear() {
      this.items.length = 0;
      this.then = null;
      this.draw();
    }

    draw() {
      this.items.forEach((item) => this.show(item));
      this.querySelectorAll(":scope > .bringing").forEach((row) => this.items.some((item) => item.row === row) || row.remove());
      const ids = this.items.filter(({ state }) => state === "done").map(({ id }) => id).join(" ");
      this.field ??= Object.assign(document.createElement("input"), { type: "hidden", name: "files" });
      this.field.value = ids;
      this.note ??= Object.assign(document.createElement("p"), { className: "shelf-line", role: "status" });
      const soon = this.then && this.items.length ? this.words.sends : "";
      if (this.note.textContent !== soon) this.note.textContent = soon;
      if (!this.field.isConnected) this.append(this.field, this.note);
      const form = this.closest("form");
      this.expected ??= form?.elements.body?.required;
      if (this.expected && !form.matches(".composer")) form.elements.body.required = !this.items.length; // files need no words
      this.toggleAttribute("data-busy", this.items.some(({ state }) => state !== "done"));
      if (this.then && this.isConnected && this.items.every(({ state }) => state === "done")) {
        const then = this.then;
        this.then = null;
        then();
      }
    }

    show(item) {
      const fresh = !item.row?.isConnected;
      if (fresh) this.insertBefore((item.row = comptoir.shelfRow(item, this.words)), this.field?.isConnected ? this.field : null);
      const { row } = item;
      row.dataset.state = item.state;
      row.querySelector("progress").value = item.size ? item.offset / item.size : 0;
      const said = { waiting: this.words.waits, failed: item.reason || this.words.gone }[item.state] ?? size(item.size);
      if (row.querySelector("small").textContent !== said) row.querySelector("small").textContent = said;
      row.querySelector("[data-again]").hidden = item.state !== "failed" || !item.file;
    }
  });

  // Another form than the composer, which asks by itself, goes out when its files are there.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const shelf = !form.matches(".composer") && form.querySelector("file-shelf");
    if (!shelf || shelf.take(() => form.requestSubmit())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  addEventListener("beforeunload", (event) => {
    if ([...shelves.values()].flat().some(({ state }) => state !== "done" && state !== "failed")) event.preventDefault();
  });
})();
