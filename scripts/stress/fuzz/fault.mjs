// Which errors a user must never see.

const INTERNAL =
  /read past its arguments|of unknown kind|Node-API|Cannot read propert|Cannot destructure|^expected [\w ]+, not |is not a function|(?<!object) is not iterable|Maximum call stack/;

/** What is wrong with an error, if anything. @param {unknown} error */
export function fault(error) {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  return INTERNAL.test(error.message) ? `${error.name}: ${error.message.slice(0, 200)}` : undefined;
}
