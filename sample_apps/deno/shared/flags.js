import { COLOURS } from "./data/colours.js";
export const flag = (name) => `${name}: ${COLOURS[name] ?? "white"}`;
