import { NextResponse } from "next/server"; export const config = { matcher: ["/goods/:path*", "/staff"] };
export function middleware(q) { if (q.nextUrl.pathname === "/staff") return NextResponse.redirect(new URL("/login", q.url)); const h = new Headers(q.headers); h.set("x-who", "by middleware"); return NextResponse.next({ request: { headers: h } }); }
