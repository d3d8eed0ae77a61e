export const dynamic = "force-dynamic"; export default function C() { throw new Error("on demand"); }
