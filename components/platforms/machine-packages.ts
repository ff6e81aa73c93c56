/** Packages of Debian that a site's machine needs. */
import type { HostMailClient } from "../host-mail/client.ts";

/** Those of every machine. */
export const PACKAGES = [
  "ca-certificates",
  "docker.io",
  "docker-cli",
  "docker-compose",
  "nftables",
  "openssh-server",
  "sudo",
  "unattended-upgrades",
] as const;

/** Those that send its own mail. */
export const HOST_MAIL_PACKAGES = ["nullmailer"] as const;

/** All of a machine. @param hostMail how its own mail leaves, if it does */
export function machinePackages({ hostMail }: { readonly hostMail?: HostMailClient | undefined }): readonly string[] {
  return hostMail === undefined ? PACKAGES : [...PACKAGES, ...HOST_MAIL_PACKAGES];
}
