export async function run() {
  const { PNG } = await import('pngjs');
  return { length: PNG.sync.write(new PNG({ width: 2, height: 2 })).length };
}
