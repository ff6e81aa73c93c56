/** All rules of the pack. */
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { disallowHostMount } from "./disallow-host-mount.ts";
import { disallowPublishOutsideNet } from "./disallow-publish-outside-net.ts";
import { disallowRootWorkload } from "./disallow-root-workload.ts";
import { disallowSecretInEnvironment } from "./disallow-secret-in-environment.ts";
import { disallowSecretInPlainFile } from "./disallow-secret-in-plain-file.ts";
import { requireBoundedLog } from "./require-bounded-log.ts";
import { requireDroppedCapabilities } from "./require-dropped-capabilities.ts";
import { requireHealthCheck } from "./require-health-check.ts";
import { requireImageDigest } from "./require-image-digest.ts";
import { requireLimits } from "./require-limits.ts";
import { requireNoNewPrivileges } from "./require-no-new-privileges.ts";
import { requireProtectedMailDisk } from "./require-protected-mail-disk.ts";
import { requireProtectedMailVolume } from "./require-protected-mail-volume.ts";
import { requireReadOnlyRoot } from "./require-read-only-root.ts";
import { requireRestartPolicy } from "./require-restart-policy.ts";

/** What `policy/workload/index.ts` makes a pack of. */
export const rules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  requireImageDigest,
  disallowRootWorkload,
  requireReadOnlyRoot,
  requireDroppedCapabilities,
  requireNoNewPrivileges,
  requireLimits,
  requireHealthCheck,
  requireRestartPolicy,
  disallowSecretInEnvironment,
  disallowSecretInPlainFile,
  requireProtectedMailVolume,
  requireProtectedMailDisk,
  disallowHostMount,
  requireBoundedLog,
  disallowPublishOutsideNet,
];
