// The map: rectangles as large as the bytes that they stand for, several levels at once.
// An area: [view, name, within, files used, bytes used, files kept, bytes kept, files dropped,
// bytes dropped]; `within` is the position of the area around it, or -1.

const USED_FILES = 3, USED = 4, KEPT_FILES = 5, KEPT = 6, DROPPED_FILES = 7, DROPPED = 8;

function forest() {
  const areas = data.areas.map((numbers) => ({ name: numbers[1], numbers, inside: [], around: null }));
  const views = new Map();
  areas.forEach((area) => {
    const [view, , within] = area.numbers;
    if (within >= 0) {
      area.around = areas[within];
      areas[within].inside.push(area);
      return;
    }
    if (!views.has(view)) views.set(view, []);
    views.get(view).push(area);
  });
  for (const [view, outermost] of views) {
    if (outermost.length === 1) { views.set(view, outermost[0]); continue; }
    const top = { name: data.original, inside: outermost, around: null, numbers: sum(outermost) };
    for (const area of outermost) area.around = top;
    views.set(view, top);
  }
  return views;
}

function sum(areas) {
  const numbers = ["", "", -1, 0, 0, 0, 0, 0, 0];
  for (const area of areas) {
    for (let each = USED_FILES; each <= DROPPED; each += 1) numbers[each] += area.numbers[each];
  }
  return numbers;
}

// What is in an area, with all that is too small to be listed as one.
function parts(area) {
  if (!area.inside.length) return [];
  const listed = sum(area.inside), rest = area.numbers.slice();
  for (let each = USED_FILES; each <= DROPPED; each += 1) rest[each] -= listed[each];
  const files = rest[KEPT_FILES] + rest[DROPPED_FILES];
  if (!files) return area.inside;
  return [...area.inside,
    { name: "smaller things", numbers: rest, inside: [], around: area, isRest: true }];
}

// Squarified: rows along the shorter side, each as long as its rectangles grow squarer by it.
function squarified(values, left, top, width, height) {
  const found = [];
  let rest = values.reduce((total, value) => total + value, 0), at = 0;
  while (at < values.length && rest > 0) {
    const side = Math.min(width, height), scale = width * height / rest;
    let row = 0, end = at, worst = Infinity;
    while (end < values.length) {
      const next = row + values[end] * scale;
      const thickness = next / side;
      const ratio = (value) => {
        const length = value * scale / thickness;
        return Math.max(length / thickness, thickness / length);
      };
      const now = Math.max(ratio(values[at]), ratio(values[end]));
      if (now > worst) break;
      worst = now; row = next; end += 1;
    }
    const thickness = row / side;
    let along = 0;
    for (; at < end; at += 1) {
      const length = values[at] * scale / thickness;
      found.push(width >= height
        ? [left, top + along, thickness, length] : [left + along, top, length, thickness]);
      along += length; rest -= values[at];
    }
    if (width >= height) { left += thickness; width -= thickness; }
    else { top += thickness; height -= thickness; }
  }
  return found;
}

function shortName(area) {
  const name = area.name, around = area.around && area.around.name;
  const above = around === "/" ? "/" : around + "/";
  return around && name.startsWith(above) && name !== around ? name.slice(above.length) : name;
}

function fullName(area) {
  return area.isRest ? "smaller things in " + area.around.name : area.name;
}

function words(area) {
  const [used, kept, dropped] = [USED, KEPT, DROPPED].map((each) => area.numbers[each]);
  return bytes(kept + dropped) + ": " + bytes(used) + " used, " + bytes(kept - used) +
    " kept and not used, " + bytes(dropped) + " dropped";
}

// Used, kept and dropped as bands of one colour each.
function bands(area, isAfter) {
  const [used, kept, dropped] = [USED, KEPT, DROPPED].map((each) => area.numbers[each]);
  const whole = (isAfter ? kept : kept + dropped) || 1;
  const first = 100 * used / whole, second = isAfter ? 100 : 100 * kept / whole;
  return "linear-gradient(to right, var(--used) " + first + "%, var(--kept) " + first + "% " +
    second + "%, var(--dropped) " + second + "%)";
}

function placed(box, [left, top, width, height], outerWidth, outerHeight) {
  box.style.left = 100 * left / outerWidth + "%";
  box.style.top = 100 * top / outerHeight + "%";
  box.style.width = 100 * width / outerWidth + "%";
  box.style.height = 100 * height / outerHeight + "%";
  return box;
}

function drawMap() {
  const section = document.getElementById("map");
  if (!section) return;
  const views = forest(), tiles = section.querySelector(".tiles");
  const trail = section.querySelector(".trail"), detail = section.querySelector(".detail");
  const table = section.querySelector("tbody"), spoken = section.querySelector("[aria-live]");
  const HEADER = 20, GAP = 2, areaOf = new WeakMap();
  let at = null, isAfter = false, shown = [];

  const weight = (area) => isAfter ? area.numbers[KEPT] : area.numbers[KEPT] + area.numbers[DROPPED];
  const listed = (area) => parts(area).filter((each) => weight(each) > 0)
    .sort((one, other) => weight(other) - weight(one));

  function enter(area, focusOn) {
    if (!area.inside.length) { tell(area); return; }
    at = area;
    draw();
    spoken.textContent = at.name + ", " + words(at);
    const next = shown.find((each) => each.area === focusOn) || shown[0];
    if (next) focus(next.tile);
  }

  function focus(tile) {
    for (const each of shown) each.tile.tabIndex = each.tile === tile ? 0 : -1;
    tile.focus({ preventScroll: true });
  }

  function tell(area) {
    const files = count(area.numbers[KEPT_FILES] + area.numbers[DROPPED_FILES], "file");
    const line = element("p");
    line.append(element("b", "path", fullName(area)),
      " ", element("span", "faint", words(area) + "; " + files));
    detail.replaceChildren(line);
    if (!area.isRest && area.name.startsWith("/") && area.name !== "/") {
      const asked = area.numbers[DROPPED] ? option("include", area.name) : "";
      detail.append(commands([area.inside.length ? "" : why(area.name), asked]));
    }
  }

  // An area with all below it that have next to nothing beside them: they are drawn as one.
  function chain(area) {
    const largest = listed(area)[0];
    const goesOn = largest && largest.inside.length && weight(largest) > 0.97 * weight(area);
    return goesOn ? [area, ...chain(largest)] : [area];
  }

  // What is in an area, drawn into a box of this size; what is large again shows what is in it.
  function inner(box, area, width, height, depth) {
    const space = [width - 2 * GAP, height - HEADER - GAP];
    const content = element("span", "content");
    content.setAttribute("aria-hidden", "true");
    box.append(content);
    const cells = space[0] > 24 && space[1] > 16 ? listed(chain(area).at(-1)) : [];
    if (!cells.length) { content.style.background = bands(area, isAfter); return; }
    const places = squarified(cells.map(weight), 0, 0, ...space);
    places.forEach((place, position) => {
      const [, , across, down] = place, cell = cells[position];
      if (across < 2 || down < 2) return;
      const made = element("span", "cell");
      areaOf.set(made, cell);
      if (cell.inside.length && across > 90 && down > 70 && depth < 6) {
        made.classList.add("outer");
        made.append(head(cell, across));
        inner(made, cell, across, down, depth + 1);
      } else {
        if (across > 44 && down > 17) made.textContent = shortName(cell);
        made.style.background = bands(cell, isAfter);
      }
      content.append(placed(made, place, ...space));
    });
  }

  function head(area, width) {
    const made = element("span", "head");
    made.setAttribute("aria-hidden", "true");
    made.append(element("span", "label", chain(area).map(shortName).join("/")));
    if (width > 110) made.append(element("span", "amount", bytes(weight(area))));
    return made;
  }

  // The area under the pointer, which may lie several levels below the tile's.
  function pointed(event, area) {
    const below = document.elementsFromPoint(event.clientX, event.clientY);
    const cell = below.find((each) => areaOf.has(each));
    return cell ? areaOf.get(cell) : area;
  }

  // What is seen, and above it the button, whose name says all.
  function tileOf(area, box, width, height) {
    const kind = area.inside.length ? "tile" : "tile leaf";
    const seen = placed(element("div", kind), box, width, height);
    const tile = button("cover", undefined, (event) => {
      const under = event.detail ? pointed(event, area) : area;
      enter(under.inside.length || under === area ? under : under.around);
    });
    tile.setAttribute("aria-label", fullName(area) + ", " + words(area) +
      (area.inside.length ? ", opens" : ""));
    if (box[3] < HEADER) seen.style.background = bands(area, isAfter);  // a cut name tells nothing
    else { seen.append(head(area, box[2])); inner(seen, area, box[2], box[3], 1); }
    seen.append(tile);
    tile.addEventListener("focus", () => tell(area));
    let told = null;
    tile.addEventListener("mousemove", (event) => {
      const under = pointed(event, area);
      if (under !== told) tell(under);
      told = under;
    });
    tile.addEventListener("mouseleave", () => { told = null; });
    tile.tabIndex = -1;
    return { seen, tile, area, box };
  }

  function draw() {
    const width = tiles.clientWidth, height = tiles.clientHeight;
    if (!width) return;
    const areas = listed(at);
    const boxes = squarified(areas.map(weight), 0, 0, width, height);
    shown = areas.slice(0, boxes.length).map((area, position) =>
      tileOf(area, boxes[position], width, height)).filter(({ box }) => box[2] > 3 && box[3] > 3);
    if (shown.length) shown[0].tile.tabIndex = 0;
    tiles.replaceChildren(...shown.map(({ seen }) => seen));
    const way = [];
    for (let area = at; area; area = area.around) way.unshift(area);
    trail.replaceChildren(...way.map((area) => {
      const step = element("li");
      const name = area.around ? shortName(area) : area.name;
      const last = button("step", name, () => enter(area, at));
      if (area === at) last.setAttribute("aria-current", "location");
      step.append(last);
      return step;
    }));
    table.replaceChildren(...areas.slice(0, 60).map(tableRow));
    tell(at);
  }

  function tableRow(area) {
    const line = element("tr"), name = element("td", "path");
    if (area.inside.length) name.append(button("link", shortName(area), () => enter(area)));
    else name.append(shortName(area));
    const numbers = area.numbers;
    const amounts = [numbers[USED], numbers[KEPT] - numbers[USED], numbers[DROPPED]].map(bytes);
    line.append(name, ...[...amounts,
      (numbers[KEPT_FILES] + numbers[DROPPED_FILES]).toLocaleString("en")].map((text) =>
      element("td", "number", text)));
    return line;
  }

  // The nearest tile in the direction of an arrow key.
  function neighbour([left, top, width, height], key) {
    const middle = [left + width / 2, top + height / 2];
    const isSideways = key === "ArrowLeft" || key === "ArrowRight";
    const sign = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    let best = null, least = Infinity;
    for (const each of shown) {
      const [x, y, w, h] = each.box, other = [x + w / 2, y + h / 2];
      const ahead = sign * (isSideways ? other[0] - middle[0] : other[1] - middle[1]);
      const aside = Math.abs(isSideways ? other[1] - middle[1] : other[0] - middle[0]);
      if (ahead > 1 && ahead + 2 * aside < least) { least = ahead + 2 * aside; best = each; }
    }
    return best;
  }

  tiles.addEventListener("keydown", (event) => {
    const current = shown.find((each) => each.tile === event.target);
    if (event.key.startsWith("Arrow") && current) {
      const next = neighbour(current.box, event.key);
      if (next) focus(next.tile);
    } else if ((event.key === "Escape" || event.key === "Backspace") && at.around) {
      enter(at.around, at);
    } else if (event.key === "Home") {
      enter(top(at));
    } else return;
    event.preventDefault();
  });

  function top(area) { return area.around ? top(area.around) : area; }

  for (const choice of section.querySelectorAll("input[name=view]")) {
    choice.addEventListener("change", () => { at = views.get(choice.value); draw(); });
  }
  for (const choice of section.querySelectorAll("input[name=state]")) {
    choice.addEventListener("change", () => { isAfter = choice.value === "after"; draw(); });
  }
  at = views.get(section.querySelector("input[name=view]:checked").value);
  new ResizeObserver(draw).observe(tiles);
}
drawMap();
