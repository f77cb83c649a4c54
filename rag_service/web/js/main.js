// Wires the page: conversation, collection, source panel, documents, API key, and the address.

import { events, hasKey, onKeyNeeded, Problem, rememberKey, request } from "./api.js";
import { byId, el } from "./dom.js";
import { Exchange } from "./exchange.js";
import { Library } from "./library.js";
import { SourcePanel } from "./source.js";
import { t, translate } from "./strings.js";

const REMEMBERED = 20; // turns sent along with a follow-up question
const SKIPPED = "#question"; // where the skip link leads, which changes no document

const state = { turns: [], running: null, collections: [], usual: null }; // usual: the collection nobody has to name
const collection = () => byId("collection").value;

function start() {
  translate(document);
  onKeyNeeded(askForKey);
  const panel = new SourcePanel(() => {
    if (location.pathname !== "/") history.replaceState(null, "", "/");
  });
  const open = (target, opener) => panel.open(target, opener);
  new Library(chosen, open, refresh);

  const field = byId("question");
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(field.value.trim(), open);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  field.addEventListener("input", () => grow(field));
  byId("stop").addEventListener("click", () => state.running?.abort());
  byId("new-conversation").addEventListener("click", () => reset(field));
  byId("collection").addEventListener("change", () => reset(field));
  byId("key-form").addEventListener("submit", takeKey);
  addEventListener("popstate", () => { // another span in the address, or one step back
    const target = addressed();
    if (target && location.hash !== SKIPPED) open(target);
  });
  visit(open);
}

async function visit(open) {
  const parameters = new URLSearchParams(location.search);
  const question = parameters.get("q")?.trim();
  const ready = await refresh(parameters.get("collection"));
  const target = addressed();
  if (target) {
    open(target);
  } else if (question && ready) {
    ask(question, open);
  } else {
    const field = byId("question");
    field.value ||= question ?? ""; // what was typed while the collections were on their way stays
    field.focus();
  }
}

// The document that the address names, with its span if it has one; null if it names none.
function addressed() {
  const id = /^\/documents\/([^/]+)$/.exec(location.pathname)?.[1];
  if (!id) return null;
  const span = /^#char=(\d+),(\d+)$/.exec(location.hash);
  const [start, end] = span ? [Number(span[1]), Number(span[2])] : [undefined, undefined];
  return { document_id: decoded(id), start_char_index: start, end_char_index: end };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // '%zz', which names no document, as the server will say
  }
}

// The collections anew, and whether all is well; if not, it is told where their documents are counted.
async function refresh(wanted) {
  try {
    await loadCollections(wanted);
    return true;
  } catch (problem) {
    byId("holdings").replaceChildren(el("span", { class: "error" }, problem.message));
    return false;
  }
}

// Fills the selector; throws after that if the wanted collection is not there.
async function loadCollections(wanted) {
  const before = collection();
  const listed = await request("GET", "/v1/collections");
  state.collections = listed.data;
  state.usual = listed.default;
  const reached = [...listed.data.map((item) => item.name), listed.default, ...(listed.scope ?? [])];
  const names = [...new Set(reached.filter(Boolean))]; // made or not: the first upload makes them
  const current = [wanted, before, listed.default].find((name) => names.includes(name)) ?? names[0];
  byId("collection").replaceChildren(...names.map((name) => el("option", { value: name, selected: name === current }, name)));
  describe();
  if (wanted && wanted !== current) throw new Problem({ detail: t.noCollection(wanted) });
}

// The name of the chosen collection; without any, as when no key was given at first, the server is asked again.
async function chosen() {
  if (!collection()) await loadCollections(new URLSearchParams(location.search).get("collection"));
  return collection();
}

function describe() {
  const found = state.collections.find((item) => item.name === collection());
  byId("holdings").textContent = found?.documents ? t.holdings(found.documents) : t.empty;
}

async function ask(question, open) {
  if (!question || state.running) return;
  const exchange = new Exchange(question, open);
  const turns = state.turns.slice(-REMEMBERED);
  const { signal } = (state.running = new AbortController());
  begin(exchange);
  try {
    const body = { question, collection: await chosen(), history: turns, stream: true };
    signal.throwIfAborted();
    remember(question);
    for await (const event of events("POST", "/v1/ask", { body, signal })) {
      if (event.event === "error") throw new Problem(event.data);
      exchange.take(event);
      if (exchange.answer) break; // who reads the whole answer may ask on, though the stream is still to be closed
    }
    if (!exchange.answer) throw new Problem({});
    if (turns.length) remember(exchange.answer.standalone_question); // alone, 'And when?' asks for nothing
    state.turns.push({ role: "user", content: question }, { role: "assistant", content: plain(exchange.text) });
  } catch (error) {
    if (error.name === "AbortError") exchange.stop();
    else exchange.fail(error instanceof Problem ? error : new Problem({ detail: String(error) }));
  } finally {
    end();
  }
}

function begin(exchange) {
  byId("welcome").hidden = true;
  byId("new-conversation").hidden = false;
  byId("conversation").append(exchange.element);
  byId("send").hidden = true;
  byId("stop").hidden = false;
  const field = byId("question");
  field.value = "";
  field.placeholder = t.followUpHint;
  grow(field);
  exchange.element.scrollIntoView({ block: "start" });
  document.title = `${exchange.question} – rag-service`;
}

// The question in the address, where reloading and sharing find it.
function remember(question) {
  const address = new URLSearchParams({ q: question });
  if (collection() !== state.usual) address.set("collection", collection());
  history.replaceState(null, "", `/?${address}`);
}

function end() {
  state.running = null;
  byId("send").hidden = false;
  byId("stop").hidden = true;
  if (window.matchMedia("(min-width: 64rem)").matches && byId("source").hidden) byId("question").focus({ preventScroll: true });
}

function reset(field) {
  state.running?.abort();
  state.turns = [];
  byId("conversation").replaceChildren();
  byId("welcome").hidden = false;
  byId("new-conversation").hidden = true;
  field.placeholder = t.questionHint;
  history.replaceState(null, "", "/");
  document.title = "rag-service";
  describe();
  field.focus();
}

const plain = (text) => text.replace(/ ?\[\d+\]/g, "");

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
}

let asking = null; // one dialog, however many requests wait for the key

function askForKey() {
  asking ??= new Promise((resolve) => {
    const dialog = byId("key-dialog");
    byId("key-error").textContent = hasKey() ? t.keyWrong : "";
    byId("key").value = "";
    dialog.returnValue = "";
    dialog.showModal();
    const done = () => {
      asking = null;
      resolve(dialog.returnValue === "given");
    };
    dialog.addEventListener("close", done, { once: true });
  });
  return asking;
}

function takeKey(event) {
  if (rememberKey(byId("key").value.trim())) return;
  event.preventDefault(); // which keeps the dialog open
  byId("key-error").textContent = t.keyWrong;
  byId("key").select();
}

start();
