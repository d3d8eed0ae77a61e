const { io } = require('socket.io-client');
const s = io(process.argv[2], { path: '/ws', ...(process.env.PARSER ? { parser: require('socket.io-msgpack-parser') } : {}) });
s.on('hi', () => s.emit('say', 'grüezi')); s.on('said', t => { console.log('heard ' + t); process.exit(0); });
setTimeout(() => process.exit(1), 15000);
