export type FlopFormulas = never;
export type FlopTargets = never;
