import * as React from 'react';
export function Goods({ goods }: { goods: { name: string; price: number }[] }) {
  return <ul>{goods.map((g) => <li key={g.name}>{g.name}: {g.price}</li>)}</ul>;
}
