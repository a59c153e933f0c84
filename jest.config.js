// Tests are compiled (and type-checked) by tsc into out/test and run as plain JavaScript, as a user's own suites would be.
module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/out/test'],
  testMatch: ['**/*.test.js'],
  testEnvironment: 'node',
  transform: {},
};
