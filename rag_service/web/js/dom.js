// Elements from data. Text becomes text nodes only: what documents say is never parsed as markup.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

// Offsets of the API count code points, JavaScript's strings UTF-16 units. One pass over the text for offsets asked for
// in ascending order; what lies behind the end is the end.
export function unitsOf(text) {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (index) => Math.min(index, text.length);
  let [points, units] = [0, 0];
  return (index) => {
    if (index < points) [points, units] = [0, 0];
    for (; points < index && units < text.length; points += 1) {
      units += text.codePointAt(units) > 0xffff ? 2 : 1;
    }
    return units;
  };
}
