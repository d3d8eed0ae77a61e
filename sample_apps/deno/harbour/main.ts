// A harbour's log: what lies at which berth. Each group of pages is a module that is imported when
// it is first asked for.
import { type Context, Hono } from "hono";
import { berths, type Ship } from "#lib/berths.ts";
import { route } from "#lib/pages.ts";

const app = new Hono();

function failed(error: Error, c: Context) {
  console.error(error);
  return c.text("the harbour master is looking into it", 500);
}

app.get("/health", (c) => c.text("ok"));
app.get("/", (c) => c.html(`<h1>${berths().length} berths</h1>`));
app.get("/berths/:name", (c) => {
  const found: Ship | undefined = berths().find((ship) => ship.berth === c.req.param("name"));
  return found ? c.json(found) : c.json({ error: "no such berth" }, 404);
});
app.get("/static/:file", route("static"));
app.all("/:group/*", async (c, next) => {
  const group = c.req.param("group");
  if (!/^[a-z]+$/.test(group)) return next();
  let pages;
  try {
    await Deno.stat(new URL(`./routes/${group}.ts`, import.meta.url));
    pages = await import(`./routes/${group}.ts`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return next();
    throw error;
  }
  return pages.default.onError(failed).fetch(c.req.raw);
});
app.notFound(async (c) =>
  c.html(await Deno.readTextFile(new URL("./static/missing.html", import.meta.url)), 404)
);
app.onError(failed);

const server = Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8000) }, app.fetch);
Deno.addSignalListener("SIGTERM", async () => {
  await server.shutdown();
  console.log("the harbour is closed");
  Deno.exit(0);
});
