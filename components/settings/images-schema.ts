/** Where sites on machines get their images from. */
import { z } from "zod";
import { written } from "./forms.ts";

/** The host has a dot or a port in it, which is how Docker tells it from a folder. */
const registry = written(
  /^(?=[^/]*[.:])[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?(\/[a-z0-9]+([._-][a-z0-9]+)*)+$/,
  "a registry and a folder in it, such as registry.example.org/mailkeep",
);

const user = written(/^[!-9;-~]{1,200}$/, "1 to 200 printable ASCII characters without blanks and colons");

/** Password for the registry. */
export const registryPassword = written(
  /^[!-~]{1,4096}$/,
  "1 to 4096 printable ASCII characters without blanks, such as a token",
);

/** The settings' `images`. */
export const imagesSchema = z.strictObject({
  registry: registry
    .optional()
    .describe(
      "Registry and folder that `npm run images -- push <stack>` pushes to and the sites pull from. Without it images are built " +
        "where mailkeep is run and go to the sites with the release.",
    ),
  user: user.optional().describe("Who the sites pull as, if not anybody may. The password is `registryPassword`."),
});
