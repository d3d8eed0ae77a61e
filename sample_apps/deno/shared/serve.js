// The company's module server, as far as this application needs it.
Deno.serve({ hostname: "127.0.0.1", port: 8199 }, async (request) => {
  const path = new URL(request.url).pathname;
  try {
    const body = await Deno.readTextFile(`/tmp/shared${path}`);
    return new Response(body, { headers: { "Content-Type": "text/javascript" } });
  } catch {
    return new Response("not found", { status: 404 });
  }
});
