// loaded before the application by NODE_OPTIONS
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
const { ConsoleSpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base');
if (process.env.TRACES !== 'off') {
  const options = process.env.TRACES === 'console' ? { spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] } : { spanProcessors: [] };
  const sdk = new NodeSDK({ serviceName: 'hub', ...options, instrumentations: [getNodeAutoInstrumentations({ '@opentelemetry/instrumentation-fs': { enabled: false } })] });
  sdk.start();
  process.on('exit', () => sdk.shutdown());
}
