// What was dropped, folders opened: files with the paths that become their sources.

import { Problem } from "./api.js";
import { t } from "./strings.js";

const LEFT_BY_PROGRAMS = /^(\.|~\$|(desktop\.ini|thumbs\.db|\$recycle\.bin)$)/i; // hidden files, locks of open documents
const MOST = 1000; // files that the server takes at once; folders count, too, so that every walk ends

// As [{ file, path }]. To be called while the event lasts: after it, what was dropped cannot be asked for.
export async function droppedFiles(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const dropped = items.map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }));
  const files = dropped.filter(({ file, entry }) => file && !entry?.isDirectory).map(({ file }) => ({ file, path: file.name }));
  const entries = dropped.map(({ entry }) => entry).filter((entry) => entry?.isDirectory);
  for (const entry of entries) {
    try {
      if (entry.isDirectory) entries.push(...(await children(entry)));
      else files.push({ file: await fileOf(entry), path: entry.fullPath.slice(1) });
    } catch {
      throw new Problem({ detail: t.unreadable(entry.fullPath.slice(1)) });
    }
    if (entries.length > MOST) throw new Problem({ detail: t.tooMany(MOST) });
  }
  return files;
}

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

// A reader gives about a hundred entries at a time, and none at the end. What nobody of the team has written is not meant.
async function children(folder) {
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length || found.length > MOST) return found;
    found.push(...some.filter((entry) => !LEFT_BY_PROGRAMS.test(entry.name)));
  }
}
