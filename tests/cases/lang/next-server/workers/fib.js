module.exports = ({ n }) => { let a = 0, b = 1; while (n--) [a, b] = [b, a + b]; return a; };
