import path from 'path';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { config, logger } from '@hub/common';

async function main() {
  const { default: Redis } = await import('ioredis');
  const connection = new Redis(config.get('redis') as string, { maxRetriesPerRequest: null });
  const queue = new Queue('sums', { connection });
  const worker = new Worker('sums', path.join(__dirname, 'processor.js'), { connection, useWorkerThreads: !!process.env.THREADS });
  const events = new QueueEvents('sums', { connection: connection.duplicate() });
  const job = await queue.add('sum', { n: 20 });
  logger.info('worker computed ' + await job.waitUntilFinished(events, 20000));
  if (process.env.ONCE) { await worker.close(); await events.close(); await queue.close(); process.exit(0); }
}
main().catch(error => { logger.error(error); process.exit(1); });
