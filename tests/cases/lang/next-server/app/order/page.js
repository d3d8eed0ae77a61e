import { revalidatePath } from "next/cache"; async function send(f) { "use server"; console.log("ordered", f.get("name")); revalidatePath("/goods"); }
export default function O() { return <form action={send}><input name="name"/><button>go</button></form>; }
