'use strict';
// POST /TOOL with the file as the body; the tools are those of tools.json and of plugins/.
const http = require('http'), fs = require('fs'), path = require('path'), os = require('os'), { spawn } = require('child_process');
const tools = JSON.parse(fs.readFileSync(process.env.CONVERT_CONFIG));
let plugins;
function plugin(name) {
  plugins = plugins || Object.fromEntries(fs.readdirSync(path.join(__dirname, 'plugins')).map((f) => [path.parse(f).name, path.join(__dirname, 'plugins', f)]));
  return plugins[name] && require(plugins[name]);
}
function run(name, body, done) {
  const tool = tools[name], dir = fs.mkdtempSync(path.join(os.tmpdir(), 'c-'));
  const input = path.join(dir, 'in.' + tool.in), out = path.join(dir, tool.out === tool.in ? 'out.' + tool.out : 'in.' + tool.out);
  fs.writeFileSync(input, body);
  const words = tool.run.map((w) => w.replace('{in}', input).replace('{out}', out).replace('{dir}', dir));
  const child = spawn(words[0], words.slice(1), { timeout: 50000, env: { ...process.env, HOME: dir } });
  const parts = [], errors = [];
  child.stdout.on('data', (d) => parts.push(d)); child.stderr.on('data', (d) => errors.push(d));
  child.on('error', (e) => done(e));
  child.on('close', (code) => {
    let result; try { result = tool.out === 'stdout' ? Buffer.concat(parts) : fs.readFileSync(out); } catch (e) { result = null; }
    fs.rmSync(dir, { recursive: true, force: true });
    if (!result || (code && tool.out === 'stdout')) return done(new Error(`${words[0]} ended with ${code}: ${Buffer.concat(errors)}`));
    done(null, result);
  });
}
const server = http.createServer((req, res) => {
  const name = req.url.slice(1).split('?')[0];
  if (name === '' || name === 'health') return res.end('ok\n');
  if (name === 'tools') { res.setHeader('content-type', 'application/json'); return res.end(JSON.stringify(Object.keys(tools))); }
  const chunks = [];
  req.on('data', (d) => chunks.push(d)).on('end', () => {
    const body = Buffer.concat(chunks), answer = (e, r) => { res.statusCode = e ? 500 : 200; res.end(e ? String(e.message) : r); };
    if (tools[name]) return run(name, body, answer);
    const p = plugin(name);
    if (p) return Promise.resolve().then(() => p(body, new URL(req.url, 'http://x').searchParams)).then((r) => answer(null, r), answer);
    res.statusCode = 404; res.end('no such tool');
  });
});
server.listen(process.env.PORT || 3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
