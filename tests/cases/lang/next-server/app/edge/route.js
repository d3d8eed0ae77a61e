export const runtime = "edge"; export async function GET(q) { return Response.json({ edge: typeof EdgeRuntime, q: new URL(q.url).searchParams.get("q") }); }
