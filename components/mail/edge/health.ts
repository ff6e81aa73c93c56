/** How HAProxy asks a keeper after its daemon. */

export const ask = (path: string): string =>
  `http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host keeper hdr Connection close`;

/** Lines of a backend whose servers must be ready for all that they do. */
export const READY: readonly string[] = [ask("/ready"), "http-check expect status 200"];
