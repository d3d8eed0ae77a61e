import { createHash, randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { gzipSync, gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { berths } from "#lib/berths.ts";

export default new Hono().basePath("/office")
  .get("/table", async (c) => {
    const { Table } = await import("#lib/table.tsx");
    return c.html(Table({ ships: berths() })!);
  })
  .get("/flag/:name", async (c) => {
    const { flag } = await import("company/flags.js");
    return c.text(flag(c.req.param("name")));
  })
  .get("/ledger", (c) => {
    const ledger = new DatabaseSync("/var/lib/harbour/ledger.db");
    ledger.exec("CREATE TABLE IF NOT EXISTS entry (id TEXT)");
    ledger.prepare("INSERT INTO entry VALUES (?)").run(randomUUID());
    const row = ledger.prepare("SELECT count(*) AS entries FROM entry").get();
    ledger.close();
    return c.json(row);
  })
  .get("/seal", (c) => c.text(createHash("sha3-256").update("Fram").digest("hex")))
  .get("/packed", (c) => c.text(gunzipSync(gzipSync("manifest".repeat(99))).subarray(-8).toString()))
  .get("/charset", (c) => c.text(new TextDecoder("shift_jis").decode(new Uint8Array([0x8d, 0x60]))))
  .get("/secure", async (c) => {
    const [cert, key] = await Promise.all(
      ["cert", "key"].map((name) => Deno.readTextFile(`/srv/tls/${name}.pem`)),
    );
    const server = Deno.serve({ port: 0, cert, key, onListen() {} }, () => new Response("sealed"));
    try {
      return c.text(await (await fetch(`https://localhost:${server.addr.port}/`)).text());
    } finally {
      await server.shutdown();
    }
  });
