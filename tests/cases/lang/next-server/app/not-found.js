export default function N() { return <h1>nothing here</h1>; }
