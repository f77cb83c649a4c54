// One question with its answer as it arrives: markers, citations, passages, abstention, warnings.

import { el, unitsOf } from "./dom.js";
import { formatDate, t } from "./strings.js";

const MARKER = /\[(\d+)\]/g;

export class Exchange {
  constructor(question, openSource) {
    this.question = question;
    this.openSource = openSource;
    this.text = "";
    this.citations = new Map();
    this.passages = [];
    this.status = el("p", { class: "status", role: "status" }, t.searching);
    this.body = el("div", { class: "answer", "aria-live": "polite", "aria-busy": "true" });
    this.details = el("div", { class: "details" });
    this.element = el(
      "article",
      { class: "exchange" },
      el("h2", { class: "question" }, question),
      this.status,
      this.body,
      this.details,
    );
  }

  take({ event, data }) {
    if (event === "passages") {
      this.passages = data.passages;
      this.status.textContent = data.passages.length ? t.reading(data.passages.length) : t.searching;
    } else if (event === "delta") {
      this.text += data.text;
      this.status.remove();
      this.body.replaceChildren(el("p", {}, ...this.withMarkers(this.text)));
    } else if (event === "citation") {
      this.citations.set(data.number, data);
      this.body.replaceChildren(el("p", {}, ...this.withMarkers(this.text)));
    } else if (event === "done") {
      this.finish(data);
    }
  }

  finish(answer) {
    this.answer = answer;
    this.text = answer.answer;
    this.citations = new Map(answer.citations.map((citation) => [citation.number, citation]));
    this.settle();
    if (answer.answered) {
      this.body.replaceChildren(el("p", {}, ...this.statements(answer)));
    } else {
      this.body.replaceChildren(abstention(answer));
    }
    this.details.replaceChildren(
      ...[
        warnings(answer.warnings),
        this.citationList(answer.citations),
        this.passageList(answer),
        footer(answer),
      ].filter(Boolean),
    );
  }

  fail(problem) {
    this.settle();
    this.details.prepend(
      el(
        "div",
        { class: "notice notice-error", role: "alert" },
        el("strong", {}, problem.title),
        el("p", {}, problem.message),
      ),
    );
  }

  stop() {
    this.settle();
    this.details.prepend(el("p", { class: "status" }, t.stopped));
  }

  settle() {
    this.status.remove();
    this.body.setAttribute("aria-busy", "false");
  }

  withMarkers(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(MARKER)) {
      const citation = this.citations.get(Number(match[1]));
      if (!citation) continue;
      parts.push(text.slice(end, match.index), this.marker(citation));
      end = match.index + match[0].length;
    }
    return [...parts, text.slice(end)];
  }

  marker(citation) {
    const label = t.marker(citation);
    const open = (event) => this.openSource(citation, event.currentTarget);
    return el("button", { type: "button", class: "marker", "aria-label": label, title: label, onclick: open }, `${citation.number}`);
  }

  statements(answer) {
    const units = unitsOf(answer.answer);
    const parts = [];
    let end = 0;
    for (const statement of answer.statements) {
      const [from, to] = [units(statement.start_index), units(statement.end_index)];
      parts.push(...this.withMarkers(answer.answer.slice(end, from)));
      const content = this.withMarkers(answer.answer.slice(from, to));
      parts.push(statement.supported ? el("span", { class: "statement" }, ...content) : unsupported(content));
      end = to;
    }
    return [...parts, ...this.withMarkers(answer.answer.slice(end))];
  }

  citationList(citations) {
    if (!citations.length) return null;
    const items = citations.map((citation) => {
      const open = (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.openSource(citation, event.currentTarget);
      };
      return el(
        "li",
        { class: "citation" },
        el("span", { class: "number", "aria-hidden": "true" }, `${citation.number}`),
        el(
          "div",
          {},
          el("a", { class: "title", href: citation.url, onclick: open }, citation.title),
          el("p", { class: "meta" }, place(citation)),
          el("blockquote", {}, citation.cited_text),
        ),
      );
    });
    return el("section", {}, el("h3", {}, t.citations), el("ol", { class: "citations" }, ...items));
  }

  passageList(answer) {
    const passages = answer.passages;
    if (!passages.length) return null;
    const items = passages.map((passage) => {
      const target = { ...passage, url: `/documents/${passage.document_id}#char=${passage.start_char_index},${passage.end_char_index}` };
      const open = (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.openSource(target, event.currentTarget);
      };
      const others = passage.duplicates.length ? el("p", { class: "meta" }, `${t.also} ${passage.duplicates.join(", ")}`) : null;
      return el(
        "li",
        {},
        el("a", { class: "title", href: target.url, onclick: open }, passage.title),
        el("p", { class: "meta" }, [passage.source, formatDate(passage.published)].filter(Boolean).join(" · ")),
        el("p", { class: "excerpt", lang: passage.language === "und" ? null : passage.language }, passage.text),
        others,
      );
    });
    const label = answer.answered ? t.passages(passages.length) : t.lookedAt(passages.length);
    const list = el("ol", { class: "passages" }, ...items);
    return el("details", { open: !answer.answered }, el("summary", {}, label), list);
  }
}

function place(citation) {
  const at = citation.start_page_number ? t.page(citation.start_page_number) : t.line(citation.start_line);
  return [citation.source, formatDate(citation.published), at].filter(Boolean).join(" · ");
}

function unsupported(content) {
  const note = el("span", { class: "hidden" }, ` (${t.unsupported})`);
  return el("span", { class: "statement unsupported", title: t.unsupported }, ...content, note);
}

function abstention(answer) {
  const reason = t.reasons[answer.abstention.reason];
  return el(
    "div",
    { class: "notice notice-abstention" },
    el("strong", {}, t.abstained),
    el("p", {}, answer.answer),
    el("p", { class: "meta" }, reason),
  );
}

function warnings(items) {
  if (!items.length) return null;
  return el("ul", { class: "warnings" }, ...items.map((item) => el("li", {}, item.message)));
}

function footer(answer) {
  const how = answer.answerer === "llm" ? t.generated(answer.model ?? t.untitledModel) : t.extractive;
  const parts = answer.answered ? [how] : [];
  parts.push(t.milliseconds(Math.round(answer.timings.total_ms)));
  return el("p", { class: "footer" }, parts.join(" · "));
}
