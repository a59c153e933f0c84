// Tests are compiled (and type-checked) by tsc into out/test and run as plain JavaScript, as a user's own suites would be.
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/out/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 60_000, // what takes two seconds on a quiet machine may take ten times as long on a busy one
};
