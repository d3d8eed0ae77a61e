// What all parts of the page's script share.
// Names of files are chosen by strangers: they reach the page through textContent alone.
"use strict";

const data = JSON.parse(document.getElementById("page-data").textContent);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(className, text, act) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];
function bytes(number) {
  let value = number, unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) { value /= 1000; unit += 1; }
  if (unit === 0) return number + " B";
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + UNITS[unit];
}

function count(number, noun) {
  return number.toLocaleString("en") + " " + noun + (number === 1 ? "" : "s");
}

// A path as a word of a shell. Where bytes had to be written as escapes there is none.
function quoted(path) {
  if (path.includes("\\")) return "";
  return /^[\w@%+=:,./-]+$/.test(path) ? path : "'" + path.replaceAll("'", "'\\''") + "'";
}

// Commands with a button each that copies them.
function commands(texts) {
  const list = element("div", "commands");
  for (const text of texts.filter(Boolean)) {
    const line = element("div", "command"), code = element("code", "", text);
    const copy = button("copy", "copy", async () => {
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = "copied";
      } catch {
        getSelection().selectAllChildren(code);
        copy.textContent = "selected";
      }
      setTimeout(() => { copy.textContent = "copy"; }, 1500);
    });
    copy.setAttribute("aria-label", "copy " + text);
    line.append(code, copy);
    list.append(line);
  }
  return list;
}

function why(path) {
  const word = quoted(path);
  return word && data.image ? "slim why " + quoted(data.image) + " " + word : "";
}

function option(name, path) {
  const word = quoted(path);
  return word ? "--" + name + " " + word : "";
}
