let ready: Promise<any>;
export function store() {
  return (ready ??= (async () => {
    const { DataSource } = await import('typeorm');
    const { Good } = await import('./good.entity');
    const source = new DataSource({ type: 'sqljs', location: '/usr/src/app/shop.db', autoSave: true, entities: [Good], synchronize: true });
    await source.initialize();
    return source.getRepository(Good);
  })());
}
