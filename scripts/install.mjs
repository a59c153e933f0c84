// npm's install script: builds the addon where a user installed the package. In a checkout it does nothing, since
// npm start, npm test and npm run build do that there.
import { isCheckout, script } from './tools/run.mjs';

const later = 'TSORCH_SKIP_BUILD=1 installs the package without building it; `npx tsorch build` builds it then.';

async function install() {
  if (process.env.TSORCH_SKIP_BUILD === '1') return console.log('tsorch: not built; `npx tsorch build` does it');
  const { buildPackage } = await import('./build/package.mjs');
  try {
    await buildPackage();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${later}`, { cause: error });
  }
}

if (!isCheckout) await script(install);
