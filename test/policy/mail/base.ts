/** A mail system of two sites that every rule of the pack accepts. Each case breaks one thing in it. */
import type { FakeResource } from "../../support/policy.ts";
import { request, TLS_KEYS, webRequest } from "./base/certificates.ts";
import { LEDGER } from "./base/ledger.ts";
import { service, site } from "./base/release.ts";
import { SITES } from "./base/sites.ts";
import { ZONES } from "./base/zones.ts";

export const base: readonly FakeResource[] = [
  LEDGER,
  ...TLS_KEYS,
  ...SITES.map(({ name }) => request(name)),
  ...SITES.map(({ name }) => webRequest(name)),
  {
    type: "compose:index:Release",
    name: "dns",
    props: {
      project: "mailkeep-test-dns",
      networks: {},
      volumes: {},
      workloads: { knot: { uid: 2000, service: service(), files: ZONES, secretFiles: {} } },
    },
  },
  ...SITES.map(site),
];
