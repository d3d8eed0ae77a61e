import { Hono } from "hono";

export default new Hono().basePath("/work")
  .get("/tally", async (c) => {
    const worker = new Worker(new URL("../workers/tally.ts", import.meta.url), { type: "module" });
    worker.postMessage([402, 292]);
    const sum = await new Promise((resolve) => worker.onmessage = (event) => resolve(event.data));
    worker.terminate();
    return c.text(`tally: ${sum}`);
  })
  .get("/print", async (c) => {
    const job = new URL("../jobs/print.ts", import.meta.url).pathname;
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", job, "north"],
    }).output();
    return c.text(`${code}: ${new TextDecoder().decode(stdout)}`);
  })
  .get("/shell", async (c) => {
    const { stdout } = await new Deno.Command("sh", { args: ["-c", "echo ahoy | tr a-z A-Z"] }).output();
    return c.text(new TextDecoder().decode(stdout));
  })
  .get("/broken", () => {
    throw new Error("the crane is stuck");
  });
