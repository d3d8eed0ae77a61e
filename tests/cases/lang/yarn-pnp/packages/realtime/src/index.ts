import { Server } from 'socket.io';
import { config, logger } from '@hub/common';

export async function attach(server) {
  const io = new Server(server, { path: '/ws', ...(process.env.PARSER ? { parser: require('socket.io-' + process.env.PARSER + '-parser') } : {}) });
  if (config.get('redis')) {
    const { createAdapter } = await import('@socket.io/redis-adapter');
    const { default: Redis } = await import('ioredis');
    const pub = new Redis(config.get('redis') as string);
    io.adapter(createAdapter(pub, pub.duplicate()) as any);
    logger.info('redis adapter');
  }
  if (process.env.ADMIN_UI) {
    const { instrument } = require('@socket.io/admin-ui');
    instrument(io, { auth: false, mode: 'production' });
    logger.info('admin ui');
  }
  io.on('connection', socket => { socket.emit('hi', socket.id); socket.on('say', text => io.emit('said', text)); });
  return io;
}
