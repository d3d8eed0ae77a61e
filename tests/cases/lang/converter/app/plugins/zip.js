const zlib = require('zlib'); module.exports = (body, q) => q.get('br') ? zlib.brotliCompressSync(body) : zlib.gzipSync(body);
