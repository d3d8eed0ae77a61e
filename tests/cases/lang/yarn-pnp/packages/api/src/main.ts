import { createServer } from 'http';
import { createYoga, createPubSub } from 'graphql-yoga';
import { config, logger } from '@hub/common';
import { attach } from '@hub/realtime';
import { makeSchema } from './schema';
import { files } from './files';
import { setup } from './i18n';

async function main() {
  const pubsub = createPubSub();
  await setup();
  const plugins = [];
  for (const name of config.get('plugins') as string[]) {
    const found = await import(name);
    if (name.includes('cache')) plugins.push(found.useResponseCache({ session: () => null, ttl: 500 }));
    else plugins.push(found.useDisableIntrospection());
  }
  const yoga = createYoga({ schema: await makeSchema(pubsub), plugins, maskedErrors: config.get('masked') as boolean, graphiql: { title: 'Hub' }, context: ({ request }) => ({ pubsub, lang: request.headers.get('accept-language') || 'en' }),
    logging: { debug: () => 0, info: m => logger.info(m), warn: m => logger.warn(m), error: m => logger.error(m) } as any });
  const server = createServer((req, res) => {
    if (req.url === '/health') return res.end(JSON.stringify({ ok: true }));
    if (req.url.startsWith('/files/')) return files(req, res).catch(error => { logger.error({ err: error, secret: 'x' }, 'files'); res.statusCode = 500; res.end('broken'); });
    return yoga(req, res);
  });
  const io = await attach(server);
  server.listen(config.get('port'), () => logger.info({ secret: 'hidden' }, 'hub listening on ' + config.get('port')));
  process.on('SIGTERM', () => { logger.info('bye'); io.close(); server.close(() => process.exit(0)); server.closeAllConnections(); });
}
main().catch(error => { console.error(error); process.exit(1); });
