import { Command } from 'commander';
import { readFileSync } from 'fs';
const program = new Command('shop').version('1.4.0');
program.command('seed').description('fills the data base').action(async () => {
  const { store } = await import('./store');
  const goods = await store();
  await goods.save([{ name: 'tea', price: 3 }, { name: 'salt', price: 1 }]);
});
program.command('report').description('prints the goods').action(async () => {
  const { store } = await import('./store');
  console.table((await (await store()).find()).map(({ name, price }) => ({ name, price })));
});
program.command('settings').description('prints the settings').action(async () => {
  const yaml = await import('js-yaml');
  console.log(JSON.stringify(yaml.load(readFileSync('settings.yaml', 'utf8'))));
});
program.parseAsync().catch((error) => { console.error(error); process.exit(1); });
