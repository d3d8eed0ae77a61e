import { DateTime } from 'luxon';
import DataLoader from 'dataloader';
import { tr } from '../i18n';
import { store } from '../store';

const names = new DataLoader(async (keys: readonly number[]) => keys.map(k => 'plan ' + k));
export default { Query: {
  hello: (_, { name }, { lang }) => tr(lang, 'hello', { name }),
  items: (_, { n }, { lang }) => tr(lang, 'items', { count: n }),
  orders: async () => (await store()).all(),
  zone: (_, { name, locale }) => DateTime.fromISO('2024-07-01T12:00:00Z').setZone(name).setLocale(locale || 'en').toLocaleString(DateTime.DATETIME_HUGE),
  fail: () => { throw new Error('inner secret'); },
  plan: () => names.loadMany([1, 2]),
} };
