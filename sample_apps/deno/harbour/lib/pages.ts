import type { Context } from "hono";

const TYPES: Record<string, string> = { css: "text/css", svg: "image/svg+xml" };

/** Serves the files of a directory of the application. */
export function route(directory: string) {
  return async (c: Context) => {
    const file = c.req.param("file") ?? "";
    const type = TYPES[file.split(".").pop() ?? ""];
    if (!type) return c.notFound();
    try {
      const body = await Deno.readFile(new URL(`../${directory}/${file}`, import.meta.url));
      return c.body(body, 200, { "Content-Type": type });
    } catch {
      return c.notFound();
    }
  };
}
