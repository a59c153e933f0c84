// Jest's runner, but each file has a process of its own: for tests that measure one.
const { default: TestRunner } = require('jest-runner');

module.exports = class extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, workerIdleMemoryLimit: 1 }, context); // a worker that has more ends after its file
  }

  runTests(tests, watcher, options) {
    return super.runTests(tests, watcher, { ...options, serial: this._globalConfig.runInBand === true });
  }
};
