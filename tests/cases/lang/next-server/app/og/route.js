import { ImageResponse } from "next/og"; export const dynamic = "force-dynamic"; export const runtime = "nodejs";
export async function GET() { return new ImageResponse(<div style={{ display: "flex", fontSize: 40 }}>Tea</div>, { width: 200, height: 100 }); }
