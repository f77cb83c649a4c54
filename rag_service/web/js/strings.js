// What the page says, in English and German.

const STRINGS = {
  en: {
    skip: "Skip to the question",
    collection: "Collection",
    documents: "Documents",
    newConversation: "New conversation",
    welcome: "Ask your documents",
    promise: "Every answer cites its sources. Each quote was checked, character for character, against the document it comes from.",
    conversation: "Conversation",
    question: "Your question",
    questionHint: "Ask a question …",
    followUpHint: "Ask a follow-up …",
    send: "Ask",
    stop: "Stop",
    close: "Close",
    sourceText: "Source text",
    dropHint: "Drop files anywhere on this page, or",
    dropNow: "Drop to add to the collection",
    chooseFiles: "Choose files",
    more: "Show more",
    keyTitle: "API key needed",
    keyHint: "This server answers only with an API key. It is kept until you close this tab.",
    key: "API key",
    keySave: "Continue",
    keyWrong: "The server does not accept this key.",
    searching: "Looking for passages …",
    reading: (n) => `Reading ${n} ${n === 1 ? "passage" : "passages"} …`,
    stopped: "Stopped.",
    citations: "Citations",
    marker: (c) => `Citation ${c.number}: ${c.title}`,
    openQuote: "Show in source",
    page: (n) => `page ${n}`,
    line: (n) => `line ${n}`,
    unsupported: "Not supported by the passages it cites",
    abstained: "No answer",
    lookedAt: (n) => `Passages that were looked at (${n})`,
    passages: (n) => `Passages (${n})`,
    also: "Also in:",
    failed: "This did not work",
    unreachable: "The server cannot be reached.",
    extractive: "Extracted from the documents",
    generated: (model) => `Written by ${model}`,
    milliseconds: (n) => `${n} ms`,
    holdings: (n) => `${n} ${n === 1 ? "document" : "documents"} in this collection`,
    noCollection: (name) => `There is no collection named ${name}. Choose one above.`,
    empty: "This collection holds no documents yet. Drop some files here to begin.",
    uploading: (name) => `Uploading ${name} …`,
    uploadingMany: (n) => `Uploading ${n} files …`,
    working: (done, total) => `${done} of ${total} done`,
    added: "added",
    updated: "updated",
    unchanged: "unchanged",
    deleted: "deleted",
    remove: "Delete",
    removeSure: "Delete for good?",
    removeLabel: (title) => `Delete ${title}`,
    notShown: "The rest of this long document is not shown.",
    showAll: "Show all",
    untitledModel: "a model",
    reasons: {
      empty_collection: "The collection is empty.",
      no_relevant_passage: "No passage relates to the question.",
      insufficient_evidence: "The passages found are no reliable evidence.",
      declined_by_model: "The model found no answer in the passages.",
    },
  },
  de: {
    skip: "Zur Frage springen",
    collection: "Sammlung",
    documents: "Dokumente",
    newConversation: "Neues Gespräch",
    welcome: "Fragen Sie Ihre Dokumente",
    promise: "Jede Antwort nennt ihre Belege. Jedes Zitat wurde Zeichen für Zeichen mit dem Dokument verglichen, aus dem es stammt.",
    conversation: "Gespräch",
    question: "Ihre Frage",
    questionHint: "Eine Frage stellen …",
    followUpHint: "Weiterfragen …",
    send: "Fragen",
    stop: "Anhalten",
    close: "Schließen",
    sourceText: "Quelltext",
    dropHint: "Dateien irgendwo auf diese Seite ziehen oder",
    dropNow: "Loslassen, um sie der Sammlung hinzuzufügen",
    chooseFiles: "Dateien wählen",
    more: "Mehr zeigen",
    keyTitle: "API-Schlüssel nötig",
    keyHint: "Dieser Server antwortet nur mit einem API-Schlüssel. Er wird behalten, bis Sie diesen Tab schließen.",
    key: "API-Schlüssel",
    keySave: "Weiter",
    keyWrong: "Der Server nimmt diesen Schlüssel nicht an.",
    searching: "Suche nach Textstellen …",
    reading: (n) => (n === 1 ? "Lese eine Textstelle …" : `Lese ${n} Textstellen …`),
    stopped: "Angehalten.",
    citations: "Belege",
    marker: (c) => `Beleg ${c.number}: ${c.title}`,
    openQuote: "In der Quelle zeigen",
    page: (n) => `Seite ${n}`,
    line: (n) => `Zeile ${n}`,
    unsupported: "Von den angegebenen Textstellen nicht gestützt",
    abstained: "Keine Antwort",
    lookedAt: (n) => `Geprüfte Textstellen (${n})`,
    passages: (n) => `Textstellen (${n})`,
    also: "Auch in:",
    failed: "Das hat nicht geklappt",
    unreachable: "Der Server ist nicht erreichbar.",
    extractive: "Den Dokumenten entnommen",
    generated: (model) => `Formuliert von ${model}`,
    milliseconds: (n) => `${n} ms`,
    holdings: (n) => (n === 1 ? "Ein Dokument in dieser Sammlung" : `${n} Dokumente in dieser Sammlung`),
    noCollection: (name) => `Eine Sammlung namens ${name} gibt es nicht. Wählen Sie oben eine aus.`,
    empty: "Diese Sammlung enthält noch keine Dokumente. Ziehen Sie Dateien hierher, um zu beginnen.",
    uploading: (name) => `${name} wird hochgeladen …`,
    uploadingMany: (n) => `${n} Dateien werden hochgeladen …`,
    working: (done, total) => `${done} von ${total} fertig`,
    added: "hinzugefügt",
    updated: "aktualisiert",
    unchanged: "unverändert",
    deleted: "gelöscht",
    remove: "Löschen",
    removeSure: "Endgültig löschen?",
    removeLabel: (title) => `${title} löschen`,
    notShown: "Der Rest dieses langen Dokuments wird nicht gezeigt.",
    showAll: "Alles zeigen",
    untitledModel: "einem Modell",
    reasons: {
      empty_collection: "Die Sammlung ist leer.",
      no_relevant_passage: "Keine Textstelle passt zur Frage.",
      insufficient_evidence: "Die gefundenen Textstellen sind kein verlässlicher Beleg.",
      declined_by_model: "Das Modell hat in den Textstellen keine Antwort gefunden.",
    },
  },
};

export const language = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
export const t = STRINGS[language];

// Fills in the fixed parts of the page.
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = t[element.dataset.text];
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t[element.dataset.label]);
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = t[element.dataset.placeholder];
}

// A date as precise as it is known.
export function formatDate(iso) {
  if (!iso) return null;
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/.exec(iso);
  if (!parts) return iso;
  const [, year, month, day] = parts;
  const options = { year: "numeric", timeZone: "UTC" };
  if (month) options.month = "long";
  if (day) options.day = "numeric";
  const date = new Date(Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1)));
  return new Intl.DateTimeFormat(navigator.language, options).format(date);
}
