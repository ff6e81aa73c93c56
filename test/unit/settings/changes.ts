/** The local stack of one site, and the same with something changed in it. */
import { localRaw, withValue } from "./local.ts";

export const local = localRaw();
/** The local stack with something changed. */
export const changed = (path: string, value: unknown): unknown => withValue(local, path, value);

/** A second site, with a name and addresses of its own. */
export const bravo = {
  name: "bravo",
  platform: "local",
  roles: ["mx"],
  addresses: { v4: "198.51.100.12", v6: "2001:db8:100::12" },
  publishAddress: "127.0.1.2",
};
export const secondSite = (changes: object): unknown => changed("sites.1", { ...bravo, ...changes });
