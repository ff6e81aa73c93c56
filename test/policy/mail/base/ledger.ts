/** The ledger of the keys that sign, wait or hold the link, and the time at which it is read. */
import type { FakeResource } from "../../../support/policy.ts";

export const NOW = "2026-05-01T12:00:00.000Z";
const ANNOUNCED = { announced: true, waitSeconds: 3600, lingerSeconds: 5 * 24 * 3600 };

/** One selector signs since long ago, the last is still there, the next is published. */
export const LEDGER: FakeResource = {
  type: "ledger:index:KeyLedger",
  name: "keys",
  props: {
    asOf: NOW,
    hurried: [],
    left: {},
    keys: {
      "dkim/example.org/s1": {
        ...ANNOUNCED,
        line: "dkim/example.org",
        inUse: true,
        publishedAt: "2026-01-01T12:00:00.000Z",
        usedSince: "2026-01-02T12:00:00.000Z",
      },
      "dkim/example.org/s2": {
        ...ANNOUNCED,
        line: "dkim/example.org",
        inUse: false,
        publishedAt: "2026-05-01T11:30:00.000Z",
      },
      "dkim/club.example/s1": {
        ...ANNOUNCED,
        line: "dkim/club.example",
        inUse: true,
        publishedAt: NOW,
        usedSince: NOW,
        first: true,
      },
      ...Object.fromEntries(
        ["example.org", "club.example"].map((name) => [
          `dkim/${name}/e1`,
          {
            ...ANNOUNCED,
            line: `dkim-ed25519/${name}`,
            inUse: true,
            publishedAt: NOW,
            usedSince: NOW,
            first: true,
          },
        ]),
      ),
      "link/alpha": {
        announced: false,
        waitSeconds: 0,
        lingerSeconds: 0,
        line: "link/alpha",
        inUse: true,
        publishedAt: NOW,
        usedSince: NOW,
      },
    },
  },
};
