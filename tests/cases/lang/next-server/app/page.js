import Image from "next/image"; import Counter from "./counter";
export default function P() { return <main><h1>Shop</h1><Image src="/tea.png" alt="tea" width={64} height={64}/><Counter/></main>; }
