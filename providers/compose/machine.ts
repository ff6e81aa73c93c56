/** The resource `compose:index:Machine`: what a machine must be like before a release can be put on it. */
import { diffValues } from "./diff.ts";
import type { Log } from "./engine.ts";
import { redact } from "./explain.ts";
import { giveHostKey } from "./first-contact.ts";
import { CommandError } from "./host.ts";
import type { Host } from "./host.ts";
import { hashOfFile, observeFiles, putFile } from "./machine-file.ts";
import { checkMachine, markKeys, parseMachine, secretsOf } from "./machine-inputs.ts";
import type { MachineInputs } from "./machine-inputs.ts";
import { PartialFailure } from "./protocol.ts";
import type { Provider } from "./protocol.ts";
import type { Reach } from "./reach.ts";
import { hasUnknown, isList, isObject, UNKNOWN } from "./values.ts";
import type { PlainObject } from "./values.ts";

/** Starting, and all upgrades that there are since its image was made. */
const CLOUD_INIT_SECONDS = 1200;
const PATIENCE_SECONDS = 300;
/** Google's machines bring what reads their user data by apt, and start anew, before they show the key of the first contact. */
const FIRST_CONTACT_SECONDS = 600;
const APT_SECONDS = 900;

/** Another machine in its place is another resource. */
const REPLACING: ReadonlySet<string> = new Set(["machine"]);

/** Debian names itself so, os-release(5); what its packages are called and how they are set up depends on it. */
const SYSTEM = '. /etc/os-release && [ "$ID $VERSION_ID" = "debian 13" ] || { echo "$PRETTY_NAME"; exit 1; }';

/** Ends well where there is no cloud-init; what it failed at shows when the rest is put in place. */
const WAIT = "! command -v cloud-init >/dev/null || cloud-init status --wait >/dev/null || true";

const INSTALL = `
missing=
for name do
  [ "$(dpkg-query --show --showformat='\${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --quiet=2 --yes --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 $missing
`;

/** The provider for machines. */
export function machineProviderOn(reach: Reach): Provider {
  return {
    check: checkMachine,
    diff: ({ oldInputs, oldOutputs, inputs }) => {
      const wanted = [
        ...diffValues(oldInputs, inputs, ["machine", "packages", "files"], REPLACING),
        // Of how it is reached nothing else changes what the machine is, or whether it can be looked at later.
        ...diffValues(keyed(oldInputs), keyed(inputs), ["connection"], REPLACING),
      ];
      if (wanted.length === 0 && hasUnknown(inputs)) return [];
      // File by file, for the list as a whole is a secret to the engine as soon as one of them is.
      const found = diffValues(oldOutputs, { hashes: hashesToBe(inputs) }, ["hashes"], REPLACING);
      return [...wanted, ...found.map((one) => ({ ...one, of: "outputs" as const }))];
    },
    create: async (values, log) => {
      const inputs = parseMachine(values);
      await withoutKeys(inputs, () => giveHostKey(reach, inputs, undefined, FIRST_CONTACT_SECONDS, log));
      return { id: inputs.machine, outputs: await settle(reach, inputs, values, log) };
    },
    update: async (before, values, log) => {
      const inputs = parseMachine(values);
      const known = hostKeyOf(before);
      if (known !== inputs.connection.hostKey)
        await withoutKeys(inputs, () => giveHostKey(reach, inputs, known, PATIENCE_SECONDS, log));
      return await settle(reach, inputs, values, log);
    },
    read: async (outputs, log) => {
      const { connection, files, machine } = parseMachine(outputs);
      try {
        const hashes = await reach(connection, 0, (host) => observeFiles(host, files));
        return markKeys({ ...outputs, hashes });
      } catch (error) {
        // A preview must be possible where the machine cannot be reached.
        log.warn(`Could not look at the machine ${machine}, so its last known state is shown. ${messageOf(error)}`);
        return markKeys(outputs);
      }
    },
    // It goes with its cloud's resource, or stays somebody's own.
    delete: () => Promise.resolve(),
  };
}

/** The host key that a machine is known by. */
const hostKeyOf = (values: PlainObject): string | undefined => keyOf(values, "hostKey");

function keyOf({ connection }: PlainObject, name: "hostKey" | "identity"): string | undefined {
  const key = isObject(connection) ? connection[name] : undefined;
  return typeof key === "string" ? key : undefined;
}

/** A machine's values with the keys that it is reached with alone. */
function keyed(values: PlainObject): PlainObject {
  return { connection: { hostKey: hostKeyOf(values) ?? null, identity: keyOf(values, "identity") ?? null } };
}

/** Everything but the first contact. Every step may be repeated. */
async function settle(reach: Reach, inputs: MachineInputs, values: PlainObject, log: Log): Promise<PlainObject> {
  return await withoutKeys(inputs, () =>
    reach(inputs.connection, PATIENCE_SECONDS, async (host) => {
      try {
        await prepare(host, inputs, log);
      } catch (error) {
        const hashes = await observeFiles(host, inputs.files).catch(() => ({}));
        throw new PartialFailure(messageOf(error), inputs.machine, markKeys({ ...values, hashes }));
      }
      return markKeys({ ...values, hashes: hashesOf(inputs) });
    }),
  );
}

async function prepare(host: Host, { packages, files }: MachineInputs, log: Log): Promise<void> {
  const system = await host.run(["sh", "-c", SYSTEM]);
  if (system.code !== 0) {
    const name = system.stdout.trim() || "a system that does not say what it is";
    throw new Error(`${host.name} has ${name}, and a site needs Debian 13. Nothing was changed there.`);
  }
  log.status("waiting for the machine's first start to end");
  await succeed(host, "waiting for cloud-init", ["sh", "-c", WAIT], CLOUD_INIT_SECONDS);
  log.status("seeing to its packages");
  await succeed(host, "installing packages", ["sh", "-ec", INSTALL, "sh", ...packages], APT_SECONDS);
  const found = await observeFiles(host, files);
  for (const file of files) {
    if (found[file.path] === hashOfFile(file.content)) continue;
    log.status(`putting ${file.path} there`);
    await putFile(host, file);
  }
}

async function succeed(host: Host, what: string, command: readonly string[], timeoutSeconds: number): Promise<void> {
  const finished = await host.run(command, { timeoutSeconds });
  if (finished.code !== 0) throw new CommandError(host, what, finished);
}

function hashesOf({ files }: MachineInputs): Record<string, string> {
  return Object.fromEntries(files.map(({ path, content }) => [path, hashOfFile(content)]));
}

/** The same of inputs that may not be known yet. */
function hashesToBe({ files }: PlainObject): PlainObject {
  const entries = (isList(files) ? files : []).flatMap((file) => {
    const { path, content } = isObject(file) ? file : {};
    if (typeof path !== "string" || typeof content !== "string") return [];
    return [[path, hasUnknown(content) ? UNKNOWN : hashOfFile(content)] as const];
  });
  return Object.fromEntries(entries);
}

async function withoutKeys<T>(inputs: MachineInputs, work: () => Promise<T>): Promise<T> {
  const keys = secretsOf(inputs);
  try {
    return await work();
  } catch (error) {
    if (error instanceof PartialFailure) {
      throw new PartialFailure(redact(error.message, keys), error.id, error.outputs);
    }
    throw new Error(redact(messageOf(error), keys));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
