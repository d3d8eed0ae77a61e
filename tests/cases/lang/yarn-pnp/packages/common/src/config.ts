import convict from 'convict';
import { load } from 'js-yaml';
import path from 'path';

convict.addParser({ extension: ['yml', 'yaml'], parse: load as any });
export const config = convict({
  port: { format: 'port', default: 4000, env: 'PORT' },
  redis: { format: String, default: '', env: 'REDIS_URL' },
  log: { format: ['json', 'pretty', 'file'], default: 'json', env: 'LOG' },
  store: { format: String, default: 'memory', env: 'STORE' },
  masked: { format: Boolean, default: true },
  plugins: { format: Array, default: [] },
});
config.loadFile(path.join(__dirname, '..', 'config', (process.env.HUB_ENV || 'base') + '.yml'));
config.validate({ allowed: 'strict' });
