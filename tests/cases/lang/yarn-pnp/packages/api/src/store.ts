import { config } from '@hub/common';

let made;
export async function store() {
  if (!made) made = (await import('./stores/' + config.get('store') + '.js')).default();
  return made;
}
