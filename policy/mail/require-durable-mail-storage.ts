/** Mail, queues and the directory cannot be made again: they lie on volumes that nothing deletes by the way. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { holdsMail } from "../read/dovecot.ts";
import { mountAt, mountsOf } from "../read/mounts.ts";
import { postfixOf } from "../read/postfix.ts";
import { eachWorkload, fileOf, type ReleaseWorkload } from "../read/release.ts";
import { fields, word } from "../read/values.ts";

interface Config {
  readonly mailFolder: string;
}

export const requireDurableMailStorage: ResourceValidationPolicy = {
  name: "require-durable-mail-storage",
  description: "Postfix's queue, Dovecot's mail and the directory's database lie on writable volumes of kind `mail`.",
  enforcementLevel: "mandatory",
  severity: "critical",
  configSchema: {
    properties: { mailFolder: { type: "string", default: "/srv/mail", description: "Where Dovecot keeps mail." } },
  },
  remediationSteps: "Mount a volume of kind `mail` at the folder.",
  validateResource: eachWorkload((workload, report, { volumes }, args) => {
    for (const { what, folder } of foldersOf(workload, args.getConfig<Config>().mailFolder)) {
      const mount = mountAt(mountsOf(workload), folder);
      const kind = mount?.kind === "volume" ? (volumes.get(mount.source) ?? "unknown") : mount?.kind;
      if (mount === undefined || kind !== "mail" || mount.readOnly) {
        const found =
          mount === undefined
            ? "in the container"
            : `on ${mount.source} (${kind ?? ""}${mount.readOnly ? ", read-only" : ""})`;
        report(`${what}, ${folder}, lies ${found}; mount a writable volume of kind mail there.`);
      }
    }
  }),
};

function foldersOf(workload: ReleaseWorkload, mailFolder: string): { what: string; folder: string }[] {
  const postfix = postfixOf(workload);
  const dovecot = fileOf(workload, "dovecot.conf");
  const directory = fileOf(workload, "directory.json") !== undefined;
  const config: unknown = JSON.parse(directory ? (fileOf(workload, "config.json") ?? "{}") : "{}");
  return [
    ...(postfix === undefined
      ? []
      : [{ what: "the queue", folder: postfix.parameter("queue_directory") ?? "/var/spool/postfix" }]),
    ...(dovecot !== undefined && holdsMail(dovecot) ? [{ what: "the mail", folder: mailFolder }] : []),
    ...(directory ? [{ what: "the directory", folder: word(fields(config)["data"]) }] : []),
  ];
}
