export default () => {
  const Database = require('libsql');
  const db = new Database(process.env.DB || '/tmp/hub.db');
  db.exec('create table if not exists orders (id integer primary key, name text, count integer, made text)');
  return {
    all: () => db.prepare('select * from orders').all().map(r => ({ ...r, made: new Date(r.made) })),
    add: o => { const made = new Date(); const r = db.prepare('insert into orders (name, count, made) values (?, ?, ?)').run(o.name, o.count, made.toISOString()); return { id: Number(r.lastInsertRowid), made, ...o }; },
  };
};
