// Compiles a dashboard as a constant of Grafana's type:
// node check.mjs '{"dashboard": "/…/closedpaw.json"}'
import { readFileSync, writeFileSync } from "node:fs";
import ts from "typescript";

const told = JSON.parse(process.argv[2]);

// In JSON the members of an enumeration are their values.
writeFileSync("checked.ts", `
import type { Dashboard } from "@grafana/schema";
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
export const dashboard: Plain<Dashboard> = ${readFileSync(told.dashboard, "utf8")};
`);
const program = ts.createProgram(["checked.ts"], {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2022,
});
const found = ts.getPreEmitDiagnostics(program);
for (const x of found) {
  const at = x.file?.getLineAndCharacterOfPosition(x.start ?? 0);
  console.log(`${at?.line}: ${ts.flattenDiagnosticMessageText(x.messageText, "\n").slice(0, 300)}`);
}
process.exit(found.length ? 1 : 0);
