// The documents of the collection: list, upload with progress, delete.

import { events, Problem, request } from "./api.js";
import { byId, el } from "./dom.js";
import { droppedFiles } from "./drops.js";
import { formatDate, t } from "./strings.js";

export class Library {
  constructor(collection, openSource, onChange) {
    this.collection = collection;
    this.openSource = openSource;
    this.onChange = onChange;
    this.dialog = byId("library");
    this.next = null;
    byId("open-library").addEventListener("click", () => this.open());
    byId("close-library").addEventListener("click", () => this.dialog.close());
    byId("more-documents").addEventListener("click", () => this.list(this.next));
    byId("files").addEventListener("change", (event) => {
      this.upload([...event.target.files].map((file) => ({ file, path: file.name })));
      event.target.value = "";
    });
    this.acceptDrops();
  }

  async open() {
    if (!this.dialog.open) this.dialog.showModal();
    await this.list(null);
  }

  acceptDrops() {
    const veil = byId("drop-veil");
    let depth = 0;
    const isFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const show = (change) => {
      depth = Math.max(0, depth + change);
      veil.hidden = depth === 0;
    };
    addEventListener("dragenter", (event) => isFiles(event) && show(1));
    addEventListener("dragleave", (event) => isFiles(event) && show(-1));
    addEventListener("dragover", (event) => isFiles(event) && event.preventDefault());
    addEventListener("drop", (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      show(-depth);
      this.upload(droppedFiles(event.dataTransfer));
    });
  }

  // Files with their paths, or the promise of them while folders are read.
  async upload(given) {
    if (!this.dialog.open) this.dialog.showModal();
    const bar = el("progress", { "aria-label": t.documents });
    const text = el("span", {}, t.readingFolder);
    const item = el("li", { class: "job" }, text, bar);
    byId("jobs").prepend(item);
    try {
      const files = await given;
      if (!files.length) throw new Problem({ detail: t.noFiles });
      text.textContent = files.length === 1 ? t.uploading(files[0].path) : t.uploadingMany(files.length);
      const form = new FormData();
      for (const { file, path } of files) form.append("file", file, path);
      const path = `/v1/documents?collection=${encodeURIComponent(await this.collection())}`;
      const job = await request("POST", path, { form });
      let finished = false;
      for await (const { event, data } of events("GET", `/v1/jobs/${encodeURIComponent(job.id)}/events`)) {
        if (event === "error") throw new Problem(data);
        bar.max = data.progress.total;
        bar.value = data.progress.done;
        text.textContent = t.working(data.progress.done, data.progress.total);
        finished = data.status !== "queued" && data.status !== "running";
        if (finished) item.replaceChildren(outcome(data));
      }
      if (!finished) throw new Problem({});
    } catch (problem) {
      item.replaceChildren(el("p", { class: "error", role: "alert" }, problem.message));
    }
    await this.list(null);
    this.onChange();
  }

  async list(after) {
    const box = byId("documents");
    try {
      const query = new URLSearchParams({ collection: await this.collection(), limit: "50" });
      if (after) query.set("after", after);
      const page = await request("GET", `/v1/documents?${query}`);
      const items = page.data.map((document) => this.row(document));
      if (after) box.append(...items);
      else box.replaceChildren(...items);
      this.next = page.next;
      byId("more-documents").hidden = !page.has_more;
    } catch (problem) {
      if (problem.code === "unknown_collection") box.replaceChildren();
      else box.replaceChildren(el("li", { class: "error", role: "alert" }, problem.message));
    }
  }

  row(document) {
    const open = (event) => {
      event.preventDefault();
      this.dialog.close();
      this.openSource({ document_id: document.id, title: document.title }, byId("open-library"));
    };
    const remove = el("button", { type: "button", class: "quiet danger", "aria-label": t.removeLabel(document.title) }, t.remove);
    const item = el(
      "li",
      {},
      el(
        "div",
        {},
        el("a", { class: "title", href: `/documents/${document.id}`, onclick: open }, document.title),
        el("p", { class: "meta" }, [document.source, formatDate(document.published)].filter(Boolean).join(" · ")),
      ),
      remove,
    );
    remove.addEventListener("click", () => this.remove(document, remove, item));
    remove.addEventListener("blur", () => sure(remove, document, false));
    return item;
  }

  async remove(document, button, item) {
    if (!button.dataset.sure) {
      sure(button, document, true);
      return;
    }
    try {
      await request("DELETE", `/v1/documents/${encodeURIComponent(document.id)}`);
      const neighbour = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      (neighbour?.querySelector("a") ?? byId("close-library")).focus();
      this.onChange();
    } catch (problem) {
      item.append(el("p", { class: "error", role: "alert" }, problem.message));
    }
  }
}

function sure(button, document, asked) {
  if (asked) button.dataset.sure = "yes";
  else delete button.dataset.sure;
  button.textContent = asked ? t.removeSure : t.remove;
  button.setAttribute("aria-label", asked ? t.removeSure : t.removeLabel(document.title));
}

function outcome(job) {
  const rows = job.documents.map((document) =>
    el(
      "li",
      { class: document.status === "failed" ? "error" : null },
      document.status === "failed" ? (document.error ?? document.source) : `${document.source}: ${t[document.status]}`,
    ),
  );
  if (!rows.length && job.error) rows.push(el("li", { class: "error" }, job.error));
  return el("ul", {}, ...rows);
}
