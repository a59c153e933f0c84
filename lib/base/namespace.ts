/** The `torch` namespace, for what lies below it and runs when it is there; lib/torch puts it here. */
export const namespace: { torch?: object } = {};
