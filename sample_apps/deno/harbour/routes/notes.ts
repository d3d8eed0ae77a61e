import { Hono } from "hono";

export default new Hono().basePath("/notes").post("/", async (c) => {
  const { default: clean } = await import("sanitize-html");
  return c.text(clean(await c.req.text(), { allowedStyles: { "*": { color: [/^red$/] } }, allowedAttributes: { b: ["style"] } }));
});
