// A module of the other kind.
export const greet = (name) => `Hello, ${name}`;
