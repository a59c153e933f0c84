// The model of the load test: a worker of tsorch/serve loads it, and server.mjs takes its weights.
const { nn } = require('../..');

/** @param {Record<string, object>} state */
module.exports = (state) => {
  const model = new nn.Sequential(new nn.Linear(3072, 256), new nn.ReLU(), new nn.Linear(256, 10));
  if (Object.keys(state).length > 0) model.load_state_dict(state, { assign: true });
  return model;
};
