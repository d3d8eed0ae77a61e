const answer = await fetch(`http://127.0.0.1:${Deno.env.get("PORT") ?? 8000}/health`).catch(() => null);
Deno.exit(answer?.ok ? 0 : 1);
