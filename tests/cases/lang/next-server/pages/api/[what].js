import path from "path"; import fs from "fs";
export const config = { api: { bodyParser: { sizeLimit: "2mb" } } };
const my = p => path.join(process.cwd(), p); const load = eval("require");
export default async function handler(q, a) {
  switch (q.query.what) {
    case "health": return a.status(200).send("ok");
    case "pdf": { const P = load("pdfkit"); const d = new P(); a.setHeader("Content-Type", "application/pdf"); d.pipe(a); d.font("Times-Italic").text("Invoice"); d.end(); return new Promise(r => a.on("finish", r)); }
    case "picture": { const s = load("sharp"); const b = await s({ create: { width: 90, height: 90, channels: 3, background: "teal" } }).composite([{ input: Buffer.from('<svg width="90" height="90"><text x="5" y="40" font-size="20">Tea</text></svg>') }]).toFormat(q.query.as || "avif").toBuffer(); return a.send(b); }
    case "mail": { const { SMTPServer } = load("smtp-server"); let got = ""; const s = new SMTPServer({ authOptional: true, onData(st, _, cb) { st.on("data", c => got += c); st.on("end", cb); } }); await new Promise(r => s.listen(2525, r));
      const html = await load("ejs").renderFile(my("templates/mail.ejs"), { name: "Ann" }); await load("nodemailer").createTransport({ host: "127.0.0.1", port: 2525, tls: { rejectUnauthorized: false } }).sendMail({ from: "a@x.example", to: "b@x.example", subject: "é", html }); s.close(); return a.send(got); }
    case "plugins": return a.send(JSON.parse(fs.readFileSync(my("settings.json"))).plugins.reduce((s, n) => load(my("plugins/" + n))(s), "abc"));
    case "worker": { const Piscina = load("piscina"); const p = new Piscina({ filename: my("workers/fib.js"), maxThreads: 1 }); const r = await p.run({ n: 30 }); await p.destroy(); return a.send("fib " + r); }
    case "log": { const l = load("pino")({ transport: { target: "pino-pretty", options: { colorize: false } } }); l.info({ a: 1 }, "pretty line"); return setTimeout(() => a.send("logged"), 800); }
    case "token": { const j = load("jose"); const k = new TextEncoder().encode("0123456789abcdef0123456789abcdef"); const t = await new j.SignJWT({ a: 1 }).setProtectedHeader({ alg: "HS256" }).sign(k); return a.send((await j.jwtVerify(t, k)).payload.a + load("bcryptjs").compareSync("x", load("bcryptjs").hashSync("x", 4))); }
    case "charset": return a.send(load("iconv-lite").decode(load("iconv-lite").encode("日本 Grüße", q.query.cs), q.query.cs));
    case "echo": return a.json({ size: JSON.stringify(q.body).length });
    case "fetch": try { await fetch("https://127.0.0.1:1/"); } catch (e) { return a.send("cause " + e.cause.code + " " + load("tls").rootCertificates.length); }
    default: return a.status(404).json({ error: "no such call" });
  }
}
