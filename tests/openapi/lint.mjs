// lint.mjs DOCUMENT CONFIG: prints every problem of an OpenAPI document and
// ends with 1 when there is any, warnings included.
import { createRequire } from 'node:module';
import path from 'node:path';

// The packages are installed beside the document, in the build tree.
const require = createRequire(path.resolve(process.argv[2]));
const { formatProblems, getTotals, lint, loadConfig } =
  require('@redocly/openapi-core');

const [, , ref, configPath] = process.argv;
const config = await loadConfig({ configPath });
const problems = await lint({ ref, config });
const totals = getTotals(problems);
if (problems.length > 0)
  formatProblems(problems, { format: 'codeframe', totals, version: '' });
console.log(`${totals.errors} errors, ${totals.warnings} warnings`);
process.exit(problems.length > 0 ? 1 : 0);
