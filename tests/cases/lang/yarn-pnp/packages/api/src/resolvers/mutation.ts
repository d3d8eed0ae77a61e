import { hash, verify } from '@node-rs/argon2';
import { Resvg } from '@resvg/resvg-js';
import { GraphQLError } from 'graphql';
import { Order } from '@hub/common';
import { store } from '../store';
import { send } from '../mail';

export default { Mutation: {
  order: async (_, args, { pubsub }) => {
    const checked = Order.safeParse(args);
    if (!checked.success) throw new GraphQLError(checked.error.issues.map(i => i.path + ': ' + i.message).join('; '), { extensions: { code: 'BAD_ORDER' } });
    const made = (await store()).add(checked.data);
    pubsub.publish('ordered', made);
    return made;
  },
  hash: async (_, { text }) => { const h = await hash(text); return (await verify(h, text)) ? h : 'no'; },
  avatar: (_, { text }) => Buffer.from(new Resvg('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="teal"/><text y="20">' + text + '</text></svg>').render().asPng()).toString('base64'),
  mail: (_, { to }, { lang }) => send(to, lang),
  upload: async (_, { file }) => file.name + ' ' + (await file.text()).length,
  keys: () => require('web-push').generateVAPIDKeys().publicKey,
} };
