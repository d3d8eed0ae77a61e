import { notFound } from "next/navigation"; import { unstable_cache } from "next/cache"; export const dynamic = "force-dynamic";
const load = unstable_cache(async id => ({ name: "tea " + id }), ["good"], { revalidate: 60 });
export default async function G({ params }) { if (params.id === "9") notFound(); const g = await load(params.id); return <p>{g.name}</p>; }
