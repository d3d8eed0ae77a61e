// A notice board. Each route leans on one thing that slimming an image tends to break: modules
// that are loaded at the first request, templates, static files, a volume, locale data.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const express = require("express");

const notices = process.env.NOTICES || "/var/lib/board";
const app = express();
app.set("view engine", "ejs");
app.set("views", path.join(__dirname, "public", "views"));
app.use(express.json());
app.use("/static", express.static(path.join(__dirname, "public", "static")));

app.get("/health", (request, response) => response.json({ status: "ok" }));

app.get("/", (request, response) => {
  response.render("index", { notices: fs.readdirSync(notices).sort() });
});

app.get("/notices/:name", (request, response) => {
  response.sendFile(path.basename(request.params.name), { root: notices }, (error) => {
    if (error && !response.headersSent) response.status(404).json({ error: "no such notice" });
  });
});

app.post("/notices", (request, response) => {
  const name = path.basename(String(request.body.name));
  fs.writeFileSync(path.join(notices, name), String(request.body.text));
  response.status(201).json({ name });
});

app.get("/digest/:text", (request, response) => {
  const crypto = require("node:crypto");
  const zlib = require("node:zlib");
  const text = Buffer.from(request.params.text);
  response.json({
    sha256: crypto.createHash("sha256").update(text).digest("hex"),
    survives: zlib.gunzipSync(zlib.gzipSync(text)).equals(text),
  });
});

app.get("/date/:locale", (request, response) => {
  const moment = new Date(Date.UTC(2024, 6, 1));
  const format = { dateStyle: "full", timeZone: "UTC" };
  response.json({ date: new Intl.DateTimeFormat(request.params.locale, format).format(moment) });
});

app.use("/archive", (request, response, next) => require("./archive")(request, response, next));

app.get("/about", (request, response) => response.json({ name: "board" }));

const server = app.listen(Number(process.env.PORT || 3000), "0.0.0.0");
// As PID 1 a process gets no default action for SIGTERM.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
