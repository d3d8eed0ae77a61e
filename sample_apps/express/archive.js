// What the board does rarely: each route leans on modules and data that nothing else loads.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const express = require("express");

const router = express.Router();
const tls = { key: "/srv/tls/key.pem", cert: "/srv/tls/cert.pem" };

router.get("/price/:locale/:currency", (request, response) => {
  const { locale, currency } = request.params;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  response.json({
    price: new Intl.NumberFormat(locale, { style: "currency", currency }).format(1234.5),
    when: relative.format(-1, "day"),
    sorted: ["z", "ä", "a"].sort(new Intl.Collator(locale).compare).join(""),
  });
});

router.get("/clock/:zone(*)", (request, response) => {
  const timeZone = request.params.zone;
  const format = new Intl.DateTimeFormat("en", { timeZone, timeStyle: "long" });
  response.json({ time: format.format(new Date(Date.UTC(2024, 6, 1, 12))) });
});

router.get("/decoded/:label/:hex", (request, response) => {
  const { label, hex } = request.params;
  response.json({ text: new TextDecoder(label).decode(Buffer.from(hex, "hex")) });
});

router.get("/packed", (request, response, next) => {
  const { pipeline, Readable } = require("node:stream");
  const zlib = require("node:zlib");
  response.set("Content-Encoding", "gzip").type("text");
  const lines = Readable.from(["line\n".repeat(1000)]);
  pipeline(lines, zlib.createGzip(), response, (error) => error && next(error));
});

router.get("/brotli", (request, response) => {
  const zlib = require("node:zlib");
  const packed = zlib.brotliCompressSync("line\n".repeat(1000));
  response.json({ same: zlib.brotliDecompressSync(packed).length === 5000 });
});

router.get("/secure", (request, response, next) => {
  const https = require("node:https");
  const options = { key: fs.readFileSync(tls.key), cert: fs.readFileSync(tls.cert) };
  const server = https.createServer(options, (_, answer) => answer.end("from behind TLS"));
  server.listen(0, "127.0.0.1", () => {
    const agent = new https.Agent({ keepAlive: false });
    https
      .get({ host: "localhost", family: 4, port: server.address().port, agent }, (answer) => {
        answer.setEncoding("utf8").on("data", (said) => {
          response.json({ said, protocol: answer.socket.getProtocol() });
          server.close();
        });
      })
      .on("error", next);
  });
});

router.get("/signed", (request, response) => {
  const crypto = require("node:crypto");
  const pair = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signature = crypto.sign("sha256", Buffer.from("text"), pair.privateKey);
  const valid = crypto.verify("sha256", Buffer.from("text"), pair.publicKey, signature);
  response.json({ valid, key: crypto.scryptSync("secret", "salt", 16).toString("hex") });
});

router.get("/localhost", (request, response, next) => {
  require("node:dns").lookup("localhost", { family: 4 }, (error, address) => {
    if (error) next(error);
    else response.json({ address, user: require("node:os").userInfo().username });
  });
});

router.get("/worker", (request, response, next) => {
  const { Worker } = require("node:worker_threads");
  const worker = new Worker(path.join(__dirname, "jobs", "sum.js"), { workerData: [1, 2, 39] });
  worker.once("message", (sum) => response.json({ sum })).once("error", next);
});

router.get("/child", (request, response, next) => {
  const { fork } = require("node:child_process");
  const child = fork(path.join(__dirname, "jobs", "sum.js"), ["1", "2", "39"]);
  child.once("message", (sum) => response.json({ sum })).once("error", next);
});

router.get("/module", (request, response, next) => {
  import("./jobs/greeting.mjs").then(({ greet }) => response.json({ text: greet("ESM") }), next);
});

router.get("/page/:title", (request, response) => {
  response.render("archive", { title: request.params.title, years: [2023, 2024] });
});

router.post("/form", express.urlencoded({ extended: true }), (request, response) => {
  response.json({ who: request.body.who });
});

router.get("/choice", (request, response) => {
  response.format({ text: () => response.send("plain"), html: () => response.send("<p>rich") });
});

router.get("/broken", () => {
  throw new Error("a bug in the archive");
});

module.exports = router;
