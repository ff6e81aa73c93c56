/** Bundles the service on the host: one file of JavaScript, and the one native library it needs. */
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Plugin } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIBRARY = "leveldown.node";

/** LevelDB for Debian, as its package brings it prebuilt. */
const PREBUILT: Readonly<Record<string, string>> = {
  x64: "linux-x64/node.napi.glibc.node",
  arm64: "linux-arm64/node.napi.armv8.node",
};

/**
 * Writes `main.mjs` and `leveldown.node` into a folder, which the image takes as `dist/`.
 *
 * @throws when the host's processor is not one that LevelDB is prebuilt for.
 */
export async function bundle(outDir: string): Promise<void> {
  const prebuilt = PREBUILT[process.arch];
  if (prebuilt === undefined)
    throw new Error(`couchmail has no LevelDB for ${process.arch}; build it on x64 or arm64.`);
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [join(HERE, "src/main.ts")],
    outfile: join(outDir, "main.mjs"),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "warning",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    // PouchDB's own choice for browsers: the fetch that is built in, instead of a package with a megabyte of tables.
    alias: { "pouchdb-fetch": "pouchdb-fetch/lib/index-browser.es.js" },
    plugins: [nativeLibrary],
  });
  const leveldown = fileURLToPath(new URL(".", import.meta.resolve("leveldown")));
  await copyFile(join(leveldown, "prebuilds", prebuilt), join(outDir, LIBRARY));
}

/** leveldown looks for its library at run time in folders that the bundle does not have; this names the one beside it. */
const nativeLibrary: Plugin = {
  name: "native-library",
  setup(context) {
    context.onLoad({ filter: /leveldown[\\/]binding\.js$/ }, () => ({
      contents: `module.exports = require("./${LIBRARY}")`,
      loader: "js",
    }));
    context.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
  },
};
