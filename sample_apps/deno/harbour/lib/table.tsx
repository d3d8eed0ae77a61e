/** @jsxImportSource hono/jsx */
import type { Ship } from "./berths.ts";

export const Table = (props: { ships: Ship[] }) => (
  <table>{props.ships.map((ship) => <tr><td>{ship.name}</td><td>{ship.tonnes}</td></tr>)}</table>
);
