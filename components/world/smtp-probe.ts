/** How the keeper of a foreign mail server sees that it answers. */
import { PORT } from "../plan/ports.ts";
import type { KeeperConfig } from "../plan/workload.ts";

/** A greeting at port 25 of the loopback, and a leave-taking. */
export const SMTP_PROBE: NonNullable<KeeperConfig["probe"]> = {
  intervalSeconds: 5,
  timeoutSeconds: 5,
  failures: 3,
  startSeconds: 30,
  checks: [
    {
      kind: "dialog",
      name: "smtp",
      address: `127.0.0.1:${PORT.smtp}`,
      steps: [{ expect: "^220 " }, { send: "QUIT" }, { expect: "^221 " }],
    },
  ],
};
