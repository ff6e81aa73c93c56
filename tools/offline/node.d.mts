/** Types of `node.mjs`, which is plain JavaScript because it runs before a Node.js that strips types is there. */

export declare const MINIMUM_NODE: readonly [number, number];
export declare const NODE_VERSION: string;

/** Name of Node's own architecture in the names of its downloads: `x64` or `arm64`. */
export declare function nodeArch(arch?: string): string;

export declare function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string;

/** Whether a version such as `v22.18.0` is new enough to run the tools. */
export declare function fits(version: string): boolean;

export interface NodeRuntime {
  /** The `node` executable. */
  readonly path: string;
  readonly version: string;
  readonly source: "installed" | "official" | "fallback";
}

/** The Node.js that lies in the cache, if one does. */
export declare function cachedNode(): NodeRuntime | undefined;

/** Fetches Node.js into the cache, unless it is there. Official build first, else the npm package. */
export declare function fetchNode(say: (line: string) => void): Promise<NodeRuntime>;

/** Runs work while a lock file is held. A lock whose owner is dead is taken over. */
export declare function locked<T>(path: string, work: () => Promise<T>): Promise<T>;

/** Downloads a file. It gives up when no answer came within `connectMs`. Rejects with the reason. */
export declare function download(url: string, target: string, connectMs?: number): Promise<void>;

/** SHA-256 of a file, in hexadecimal. */
export declare function sha256(path: string): Promise<string>;
