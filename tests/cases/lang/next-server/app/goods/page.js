import { cookies, headers } from "next/headers"; export const dynamic = "force-dynamic";
export default function G() { return <p>goods {new Date(1719828000000).toLocaleString("ja-JP", { timeZone: "Asia/Tokyo", dateStyle: "full", timeStyle: "short" })} {new Date(1719828000000).toTimeString()} {headers().get("x-who")}</p>; }
