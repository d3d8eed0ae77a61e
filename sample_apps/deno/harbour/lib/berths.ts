import ships from "../data/ships.json" with { type: "json" };

export interface Ship {
  berth: string;
  name: string;
  tonnes: number;
}

export function berths(): Ship[] {
  return ships;
}
