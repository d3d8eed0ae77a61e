export const COLOURS = { quarantine: "yellow", pilot: "white and red" };
