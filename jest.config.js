// Tests are compiled (and type-checked) by tsc into out/test and run as plain JavaScript, as a user's own suites would be.
const shared = {
  rootDir: __dirname,
  roots: ['<rootDir>/out/test'],
  testEnvironment: 'node',
  transform: {},
};

// They count bytes of the process, which others would leave or free meanwhile.
const measuring = ['memory/*', 'devices/training', 'meta/loading', 'multiprocessing/sharing', 'utils/checkpoint'];
const files = measuring.map((name) => `**/out/test/${name}.test.js`);

module.exports = {
  // Of all projects: one of their own is not looked at. What takes two seconds may take ten times as long on a busy machine.
  testTimeout: 60_000,
  projects: [
    { ...shared, testMatch: ['**/*.test.js', ...files.map((file) => `!${file}`)] },
    { ...shared, testMatch: files, runner: '<rootDir>/scripts/dev/own_process.cjs' },
  ],
};
