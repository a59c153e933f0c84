// npm packages for scripts of an installed package. Through `require`, which Yarn's Plug'n'Play answers; an `import` it
// answers only where a project has set up its loader.
import { createRequire } from 'node:module';

export const require = createRequire(import.meta.url);
