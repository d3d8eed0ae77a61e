import i18next from 'i18next';
import Backend from 'i18next-fs-backend';
import path from 'path';

export const setup = () => i18next.use(Backend as any).init({ fallbackLng: 'en', preload: ['en', 'de'], ns: ['common'], defaultNS: 'common', backend: { loadPath: path.join(__dirname, '../locales/{{lng}}/{{ns}}.json') } } as any);
export async function tr(lang: string, key: string, values = {}) {
  const code = lang.slice(0, 2);
  await i18next.loadLanguages(code);
  return i18next.getFixedT(code)(key, values) as string;
}
