import pino from 'pino';
import { config } from './config';

const kinds = {
  json: undefined,
  pretty: { target: 'pino-pretty', options: { colorize: false } },
  file: { targets: [{ target: 'pino/file', options: { destination: '/tmp/hub.log', mkdir: true }, level: 'info' }] },
};
export const logger = pino({ redact: ['secret'] }, kinds[config.get('log')] && pino.transport(kinds[config.get('log')] as any));
