// A document's source text beside the answer, at the highlighted quote.

import { request } from "./api.js";
import { byId, el, unitsOf } from "./dom.js";
import { formatDate, t } from "./strings.js";

const MARGIN = 60000; // characters shown around the quote of a very long document
const WRAPPED = /^(text\/(plain|markdown)|application\/pdf)$/;

export class SourcePanel {
  constructor(onClose) {
    this.onClose = onClose;
    this.panel = byId("source");
    this.opener = null;
    this.cache = new Map();
    byId("close-source").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.panel.hidden && !document.querySelector("dialog[open]")) this.close();
    });
    window.matchMedia("(min-width: 64rem)").addEventListener("change", () => this.cover());
  }

  async open({ document_id: id, start_char_index: start, end_char_index: end, title }, opener = null) {
    this.opener = opener;
    const current = (this.current = Symbol(id));
    byId("source-title").textContent = title ?? "";
    byId("source-meta").textContent = "";
    byId("source-text").replaceChildren();
    this.panel.hidden = false;
    document.body.classList.add("with-source");
    this.cover();
    this.panel.focus({ preventScroll: true });
    try {
      const [about, content] = await this.load(id);
      if (current !== this.current) return;
      this.show(about, content, start, end);
    } catch (problem) {
      if (current !== this.current) return;
      byId("source-text").replaceChildren(el("p", { class: "notice notice-error", role: "alert" }, problem.message));
    }
  }

  async load(id) {
    const path = `/v1/documents/${encodeURIComponent(id)}`;
    if (!this.cache.has(id)) {
      this.cache.set(id, await Promise.all([request("GET", path), request("GET", `${path}/content`)]));
    }
    return this.cache.get(id);
  }

  show(about, content, start, end) {
    byId("source-title").textContent = about.title;
    byId("source-meta").textContent = [about.source, formatDate(about.published)].filter(Boolean).join(" · ");
    const text = WRAPPED.test(about.media_type) ? unwrap(content.text) : content.text;
    const units = unitsOf(text);
    const [from, to] = [units(start ?? 0), units(end ?? 0)];
    const span = from < to ? [from, to] : null; // an address may name anything
    const pages = content.pages.map((page) => ({ number: page.number, at: units(page.start_char_index) }));
    this.render(text, span, pages, about.language, false);
  }

  render(text, span, pages, language, whole) {
    const middle = span ?? [0, 0];
    const from = whole ? 0 : Math.max(0, middle[0] - MARGIN);
    const to = whole ? text.length : Math.min(text.length, middle[1] + MARGIN);
    const mark = span ? el("mark", { id: "quote", tabindex: "-1" }, text.slice(...span)) : null;
    const parts = span
      ? [...withPages(text, from, span[0], pages), mark, ...withPages(text, span[1], to, pages)]
      : withPages(text, from, to, pages);
    const rest = () =>
      el("p", { class: "cut" }, `${t.notShown} `, el("button", { type: "button", class: "secondary", onclick: () => this.render(text, span, pages, language, true) }, t.showAll));
    const box = byId("source-text");
    box.replaceChildren(
      ...(from > 0 ? [rest()] : []),
      el("div", { class: "text", lang: language === "und" ? null : language }, ...parts),
      ...(to < text.length ? [rest()] : []),
    );
    if (mark) mark.scrollIntoView({ block: "center" });
    else box.scrollTop = 0;
  }

  // On a narrow screen the panel covers the page, which must then not be reached behind it.
  cover() {
    const covering = !this.panel.hidden && !window.matchMedia("(min-width: 64rem)").matches;
    byId("main").inert = covering;
    document.querySelector("header.bar").inert = covering;
  }

  close() {
    this.panel.hidden = true;
    this.current = null;
    document.body.classList.remove("with-source");
    this.cover();
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
    this.onClose();
  }
}

// Lines broken only to fit a column are joined for reading: a space for a newline, so every offset stays.
function unwrap(text) {
  return text.replace(/(?<=[^\n]{45})\n(?=\p{L})/gu, " ");
}

// The text from one offset to another, with a label where a page begins.
function withPages(text, from, to, pages) {
  const parts = [];
  let at = from;
  for (const page of pages) {
    if (page.at < from || page.at >= to) continue;
    parts.push(text.slice(at, page.at), el("span", { class: "page" }, t.page(page.number)));
    at = page.at;
  }
  return [...parts, text.slice(at, to)];
}
