/** Pulls an image to a host. The password of the registry is there for as long as that takes, and in no argument. */
import { lastLines } from "./host.ts";
import type { Host } from "./host.ts";
import type { RegistryInputs } from "./inputs.ts";
import { registryTrouble } from "./registry-trouble.ts";

/** Some hundred megabytes over a slow line. */
const PULL_SECONDS = 1800;

/**
 * Docker takes a login from a folder alone. It lies in memory, for root alone, and goes with the shell. Nothing of the
 * machine's own logins is read.
 */
const PULL = `
umask 077
folder=$(mktemp -d /dev/shm/mailkeep-pull.XXXXXX)
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cat > "$folder/config.json"
image=$1; shift
"$@" --config "$folder" pull --quiet "$image"
`;

/** @throws Error with a sentence when the registry does not give it */
export async function pullImage(host: Host, image: string, registry: RegistryInputs | undefined): Promise<void> {
  const options = { input: JSON.stringify(dockerConfig(registry)), timeoutSeconds: PULL_SECONDS };
  const pulled = await host.run(["sh", "-ec", PULL, "sh", image, ...host.docker], options);
  if (pulled.code === 0) return;
  const said = `${pulled.stdout}\n${pulled.stderr}`;
  throw new Error(`${sentence(said, image, host, registry)} Last lines:\n${lastLines(said, 4)}`);
}

/** The file that `docker login` writes. */
export function dockerConfig(registry: RegistryInputs | undefined): object {
  if (registry === undefined) return { auths: {} };
  const { host, user, password } = registry;
  return { auths: { [loginName(host)]: { auth: Buffer.from(`${user}:${password}`).toString("base64") } } };
}

/** Docker's own registry has a login under another name than images. */
function loginName(host: string): string {
  return host === "docker.io" ? "https://index.docker.io/v1/" : host;
}

function sentence(said: string, image: string, { name }: Host, registry: RegistryInputs | undefined): string {
  const server = image.split("/")[0] ?? image;
  const nothing = "Nothing was changed there.";
  switch (registryTrouble(said)) {
    case "login": {
      const who = registry === undefined ? "without a login" : `as ${registry.user}`;
      return `The registry ${server} does not let ${name} pull ${image} ${who}: see \`images.user\` in the settings and \`pulumi config set --secret mailkeep:registryPassword\`. ${nothing}`;
    }
    case "lost":
      return `The registry ${server} has no ${image}: \`npm run images -- push <stack>\` puts the images there and writes their digests down. ${nothing}`;
    case "certificate":
      return `The registry ${server} does not prove to ${name} that it is what it says: it needs a certificate that Docker there believes (/etc/docker/certs.d/${server}). ${nothing}`;
    case "silent":
      return `The registry ${server} does not answer ${name}: see that it runs and is reached from there, and run the same command again. ${nothing}`;
    case "other":
      return `${image} could not be pulled to ${name}. ${nothing}`;
  }
}
