// Sorting and filtering of the tables that are in the page already, and the page's first drawing.

function sortable(head, sort) {
  const sorter = button("", head.textContent, () => {
    const before = head.getAttribute("aria-sort");
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const other = first === "ascending" ? "descending" : "ascending";
    const next = before === first ? other : first;
    for (const sibling of head.parentNode.children) sibling.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", next);
    sort(next === "ascending" ? 1 : -1);
  });
  head.replaceChildren(sorter);
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
    const wanted = field.value.toLowerCase().split(/\s+/);
    for (const line of lines) {
      const text = line.textContent.toLowerCase();
      line.hidden = !wanted.every((word) => text.includes(word));
    }
  });
}
// What scrolls can be scrolled with the keyboard.
for (const box of document.querySelectorAll(".scroll")) {
  const title = box.closest("section").querySelector("h2");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "table: " + title.firstChild.textContent.trim());
}

draw(true);
drawBrought();
