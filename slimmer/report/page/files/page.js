// The table of kept paths, and sorting for the tables that are in the page already.
// Names of files are chosen by strangers: they reach the page through textContent alone.
"use strict";

const data = JSON.parse(document.getElementById("kept-data").textContent);
const STEP = 100;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];
function bytes(number) {
  let value = number, unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) { value /= 1000; unit += 1; }
  if (unit === 0) return number + " B";
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + UNITS[unit];
}

// One row: [directory, name, type, size, layer, package, [[rule, detail, because row], …]],
// words as positions in data.words; because is -1 where the reason stands for itself.
const rows = data.rows.map(([directory, name, type, size, layer, owner, reasons], position) => {
  const parent = data.words[directory];
  const row = {
    position, size, type: data.words[type], layer: data.words[layer], owner: data.words[owner],
    path: parent === "/" ? "/" + name : parent + "/" + name,
    reasons: reasons.map(([rule, detail, because]) =>
      ({ rule: data.words[rule], detail: data.words[detail], because })),
  };
  return row;
});
for (const row of rows) {
  row.text = (row.path + "\n" + row.owner + "\n" +
    row.reasons.map((reason) => reason.rule + " " + reason.detail).join("\n")).toLowerCase();
}

const search = document.getElementById("search");
const layers = document.getElementById("layer");
const rules = document.getElementById("rule");
const body = document.getElementById("kept-rows");
const found = document.getElementById("found");
const more = document.getElementById("more");
let shown = STEP, order = "path", direction = 1, chosen = -1;

function fill(select, values) {
  for (const value of [...new Set(values)].filter(Boolean).sort()) {
    const option = element("option", "", value);
    option.value = value;
    select.append(option);
  }
}
fill(layers, rows.map((row) => row.layer));
fill(rules, rows.flatMap((row) => row.reasons.map((reason) => reason.rule)));

function matching() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosenRows = rows.filter((row) =>
    (!layers.value || row.layer === layers.value) &&
    (!rules.value || row.reasons.some((reason) => reason.rule === rules.value)) &&
    words.every((word) => row.text.includes(word)));
  if (order === "size") chosenRows.sort((a, b) => direction * (a.size - b.size));
  else chosenRows.sort((a, b) => direction * (a.position - b.position));
  return chosenRows;
}

function why(row) {
  const cell = element("td", "why");
  for (const reason of row.reasons) {
    const line = element("div");
    line.append(element("span", "rule", reason.rule + ": "), reason.detail);
    if (reason.because >= 0) {
      const cause = rows[reason.because];
      const button = element("button", "path", cause.path);
      button.addEventListener("click", () => go(cause));
      line.append(" \u2190 ", button);
    }
    cell.append(line);
  }
  return cell;
}

// To the row of a path, whatever is filtered now.
function go(row) {
  search.value = row.path;
  layers.value = rules.value = "";
  chosen = row.position;
  draw(true);
  document.getElementById("kept").scrollIntoView();
}

function draw(fromStart) {
  if (fromStart) shown = STEP;
  const all = matching();
  const exact = all.findIndex((row) => row.position === chosen);
  if (exact > 0) all.unshift(...all.splice(exact, 1));
  body.replaceChildren(...all.slice(0, shown).map((row) => {
    const line = element("tr", row.position === chosen ? "chosen" : "");
    line.append(
      element("td", "path", row.path + (row.type === "directory" && row.path !== "/" ? "/" : "")),
      element("td", "number", row.type === "file" ? bytes(row.size) : row.type),
      element("td", "name", row.layer), element("td", "", row.owner), why(row));
    return line;
  }));
  const total = all.reduce((sum, row) => sum + row.size, 0);
  found.textContent = all.length.toLocaleString("en") + " paths, " + bytes(total);
  more.hidden = all.length <= shown;
  more.textContent = "Show more (" + (all.length - shown).toLocaleString("en") + " not shown)";
}

let waiting = 0;
search.addEventListener("input", () => {
  chosen = -1;
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => draw(true));
});
for (const select of [layers, rules]) select.addEventListener("change", () => draw(true));
more.addEventListener("click", () => { shown += 5 * STEP; draw(false); });

function sortable(head, sort) {
  const button = element("button", "", head.textContent);
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const before = head.getAttribute("aria-sort");
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = before === first ? other : first;
    for (const sibling of head.parentNode.children) sibling.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", next);
    sort(next === "ascending" ? 1 : -1);
  });
}

for (const head of document.querySelectorAll("th[data-order]")) {
  sortable(head, (sign) => { order = head.dataset.order; direction = sign; draw(true); });
}
for (const table of document.querySelectorAll("table.sortable")) {
  const lines = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.textContent) return;
    const key = (line) => {
      const cell = line.cells[column];
      return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
    };
    sortable(head, (sign) => lines.append(...[...lines.rows].sort((a, b) => {
      const left = key(a), right = key(b);
      return sign * (left < right ? -1 : left > right ? 1 : 0);
    })));
  });
}
for (const field of document.querySelectorAll("input[data-filter]")) {
  const lines = document.getElementById(field.dataset.filter).tBodies[0].rows;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const line of lines) {
      line.hidden = !line.cells[0].textContent.toLowerCase().includes(wanted);
    }
  });
}
draw(true);
