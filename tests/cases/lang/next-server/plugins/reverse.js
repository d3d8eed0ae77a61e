module.exports = s => [...s].reverse().join("");
