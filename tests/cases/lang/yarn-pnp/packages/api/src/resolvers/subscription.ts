export default { Subscription: {
  countdown: { subscribe: async function* (_, { from }) { for (let i = from; i >= 0; i--) { await new Promise(r => setTimeout(r, 50)); yield { countdown: i }; } } },
  ordered: { subscribe: (_, __, { pubsub }) => pubsub.subscribe('ordered'), resolve: x => x },
} };
