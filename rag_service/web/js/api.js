// The HTTP API: JSON, server-sent events, the API key, and errors as the server's problems.

import { t } from "./strings.js";

const KEY = "rag-service-key";
let askForKey = async () => false;

export class Problem extends Error {
  constructor(body) {
    super(body.detail ?? t.unreachable);
    this.title = body.title ?? t.failed;
    this.code = body.code ?? "unreachable";
    this.status = body.status ?? 0;
  }
}

// What to do when the server wants a key: resolves to true once another one was given.
export function onKeyNeeded(handler) {
  askForKey = handler;
}

// Keeps a key for this tab; false for what no header can carry, and so no key is.
export function rememberKey(key) {
  if (!/^[\x21-\x7e]+$/.test(key)) return false;
  sessionStorage.setItem(KEY, key);
  return true;
}

export function hasKey() {
  return sessionStorage.getItem(KEY) !== null;
}

// What reading from the server throws, in the page's own words; what was called off stays an AbortError.
function told(error) {
  return error.name === "AbortError" ? error : new Problem({});
}

async function send(method, path, { body, form, signal, accept } = {}) {
  const headers = { Accept: accept ?? "application/json" };
  if (hasKey()) headers.Authorization = `Bearer ${sessionStorage.getItem(KEY)}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, signal, body: form ?? (body && JSON.stringify(body)) });
  } catch (error) {
    throw told(error);
  }
  if (response.status === 401 && (await askForKey())) return send(method, path, { body, form, signal, accept });
  if (!response.ok) throw new Problem(await response.json().catch(() => ({ status: response.status })));
  return response;
}

export async function request(method, path, options) {
  const response = await send(method, path, options);
  try {
    return await response.json();
  } catch (error) {
    throw told(error);
  }
}

// Server-sent events of a response, as {event, data} with data parsed.
export async function* events(method, path, options = {}) {
  const response = await send(method, path, { ...options, accept: "text/event-stream" });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  try {
    for (;;) {
      const { value, done } = await reader.read().catch((error) => {
        throw told(error);
      });
      if (done) return;
      buffer += value;
      const blocks = buffer.split(/\r?\n\r?\n/);
      buffer = blocks.pop();
      for (const block of blocks) {
        const parsed = parse(block);
        if (parsed) yield parsed;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  let event = "message";
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
