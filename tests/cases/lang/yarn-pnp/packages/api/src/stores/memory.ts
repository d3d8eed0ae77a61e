export default () => { const rows = []; return { all: () => rows, add: o => { const r = { id: rows.length + 1, made: new Date(), ...o }; rows.push(r); return r; } }; };
