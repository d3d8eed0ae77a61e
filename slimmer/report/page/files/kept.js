// The table of kept paths, what was dropped and matches the search, and what each phase brought.
// One row: [directory, name, type, size, layer, package, phase, [[rule, detail, because row], …]],
// words as positions in data.words; because is -1 where the reason stands for itself.

const STEP = 100;
const rows = data.rows.map(([directory, name, type, size, layer, owner, phase, reasons], position) => {
  const parent = data.words[directory];
  return {
    position, size, type: data.words[type], layer: data.words[layer], owner: data.words[owner],
    phase: data.words[phase], path: parent === "/" ? "/" + name : parent + "/" + name,
    reasons: reasons.map(([rule, detail, because]) =>
      ({ rule: data.words[rule], detail: data.words[detail], because })),
  };
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
const gone = document.getElementById("gone");
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

const sought = () => search.value.toLowerCase().split(/\s+/).filter(Boolean);

function matching() {
  const words = sought();
  const chosenRows = rows.filter((row) =>
    (!layers.value || row.layer === layers.value) &&
    (!rules.value || row.reasons.some((reason) => reason.rule === rules.value)) &&
    words.every((word) => row.text.includes(word)));
  if (order === "size") chosenRows.sort((a, b) => direction * (a.size - b.size));
  else chosenRows.sort((a, b) => direction * (a.position - b.position));
  return chosenRows;
}

function reasonsOf(row) {
  const cell = element("td", "why");
  for (const reason of row.reasons) {
    const line = element("div");
    line.append(element("span", "rule", reason.rule + ": "), reason.detail);
    if (reason.because >= 0) {
      const cause = rows[reason.because];
      line.append(" \u2190 ", button("link path", cause.path, () => go(cause)));
    }
    cell.append(line);
  }
  return cell;
}

// The path, which opens what can be typed about it.
function pathCell(row, isOpen) {
  const cell = element("td", "path");
  const text = row.path + (row.type === "directory" && row.path !== "/" ? "/" : "");
  let list = null;
  const open = button("opens", text, () => {
    if (list) { list.remove(); list = null; }
    else { list = commands([why(row.path), option("exclude", row.path)]); cell.append(list); }
    open.setAttribute("aria-expanded", String(list !== null));
  });
  open.setAttribute("aria-expanded", "false");
  cell.append(open);
  if (isOpen) open.click();
  return cell;
}

// To the row of a path, whatever is filtered now.
function go(row) {
  search.value = row.path;
  layers.value = rules.value = "";
  chosen = row.position;
  draw(true);
  document.getElementById("kept").scrollIntoView();
  const first = body.querySelector("tr.chosen button");
  if (first) first.focus({ preventScroll: true });
}

function draw(fromStart) {
  if (fromStart) shown = STEP;
  const all = matching();
  const exact = all.findIndex((row) => row.position === chosen);
  if (exact > 0) all.unshift(...all.splice(exact, 1));
  body.replaceChildren(...all.slice(0, shown).map((row) => {
    const line = element("tr", row.position === chosen ? "chosen" : "");
    line.append(
      pathCell(row, row.position === chosen),
      element("td", "number", row.type === "file" ? bytes(row.size) : row.type),
      element("td", "name", row.layer), element("td", "", row.owner), reasonsOf(row));
    return line;
  }));
  const total = all.reduce((sum, row) => sum + row.size, 0);
  found.textContent = count(all.length, "path") + ", " + bytes(total);
  more.hidden = all.length <= shown;
  more.textContent = "Show more (" + (all.length - shown).toLocaleString("en") + " not shown)";
  drawGone();
}

// Dropped directories and large files: [name, files, bytes].
function drawGone() {
  const words = sought();
  const matches = words.length === 0 ? [] : data.gone.filter(([name]) => {
    const text = name.toLowerCase(), inside = text === "/" ? text : text + "/";
    return words.every((word) => text.includes(word) || word.startsWith(inside));
  });
  gone.hidden = matches.length === 0;
  gone.querySelector("tbody").replaceChildren(...matches.slice(0, 20).map(([name, files, size]) => {
    const line = element("tr"), told = element("td", "typed");
    told.append(commands([option("include", name), why(name)]));
    line.append(element("td", "path", name), element("td", "number", bytes(size)),
      element("td", "number", files.toLocaleString("en")), told);
    return line;
  }));
}

// What a phase brought, for the button beside it.
function drawBrought() {
  const box = document.getElementById("brought");
  if (!box || !rows.some((row) => row.phase)) return;
  const list = box.querySelector("tbody"), title = box.querySelector("h3");
  const lines = [...document.querySelectorAll("#phases tbody tr")];
  function choose(line) {
    for (const each of lines) {
      each.querySelector("button").setAttribute("aria-pressed", String(each === line));
    }
    const phase = line.dataset.phase;
    const brought = rows.filter((row) => row.phase === phase).sort((a, b) => b.size - a.size);
    title.textContent = brought.length ? phase + " was the first to use" : phase + " used nothing new";
    list.replaceChildren(...brought.slice(0, STEP).map((row) => {
      const made = element("tr"), path = element("td", "path");
      path.append(button("link path", row.path, () => go(row)));
      made.append(path, element("td", "number", bytes(row.size)));
      return made;
    }));
    const left = brought.length - STEP;
    box.querySelector("p").textContent = left > 0 ? "and " + count(left, "smaller file") : "";
  }
  for (const line of lines) {
    const cell = line.cells[0];
    const chooser = button("link", cell.textContent, () => choose(line));
    cell.replaceChildren(chooser);
  }
  box.hidden = false;
  choose(lines.find((line) => line.classList.contains("telling")) || lines[0]);
}

let waiting = 0;
search.addEventListener("input", () => {
  chosen = -1;
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => draw(true));
});
for (const select of [layers, rules]) select.addEventListener("change", () => draw(true));
more.addEventListener("click", () => { shown += 5 * STEP; draw(false); });
