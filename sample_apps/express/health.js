// The image's health check: no curl needed, the interpreter is there anyway.
"use strict";

const http = require("node:http");

const port = Number(process.env.PORT || 3000);
http
  .get({ host: "127.0.0.1", port, path: "/health", timeout: 4000 }, (response) => {
    process.exit(response.statusCode === 200 ? 0 : 1);
  })
  .on("error", () => process.exit(1));
