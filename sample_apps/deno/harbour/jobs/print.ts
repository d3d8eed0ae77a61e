import { berths } from "#lib/berths.ts";

const [name] = Deno.args;
console.log(berths().filter((ship) => ship.berth === name).map((ship) => ship.name).join());
