const { Worker } = require('worker_threads'), path = require('path');
module.exports = (body) => new Promise((ok, no) => { const w = new Worker(path.join(__dirname, '..', 'lib', 'count.mjs'), { workerData: String(body) }); w.on('message', ok).on('error', no); });
