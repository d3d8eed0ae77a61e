import path from 'path';
import { loadFilesSync } from '@graphql-tools/load-files';
import { mergeResolvers, mergeTypeDefs } from '@graphql-tools/merge';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { DateTimeResolver, EmailAddressResolver } from 'graphql-scalars';

export async function makeSchema(_pubsub) {
  const types = loadFilesSync(path.join(__dirname, '../../src/schema/*.graphql'));
  const resolvers = loadFilesSync(path.join(__dirname, '../resolvers/*.js'), { ignoreIndex: true });
  return makeExecutableSchema({ typeDefs: mergeTypeDefs(types), resolvers: mergeResolvers([{ DateTime: DateTimeResolver, EmailAddress: EmailAddressResolver } as any, ...resolvers]) });
}
