/** Every keeper.json is one that the keeper takes; its own rules stand in images/keeper/config.go. */
import { constants } from "node:os";
import { isIP } from "node:net";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { groupsOf, PLANS } from "./plans.ts";

const command = z.array(z.string()).min(1);
const signal = z.string().refine((name) => Object.hasOwn(constants.signals, `SIG${name}`), "a signal's name");
const hostPort = z.string().regex(/^(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}$/);
const address = z.union([hostPort, z.string().regex(/^unix:\//)]);
const name = z.string().min(1);
const expression = z.string().refine((text) => RegExp(text) instanceof RegExp);

const step = z.union([
  z.strictObject({ send: z.string().min(1) }),
  z.strictObject({ expect: expression, skip: expression.optional() }),
  z.strictObject({ tls: z.literal(true) }),
]);

const check = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("dialog"),
    name,
    address,
    proxy: z.boolean().optional(),
    tls: z.boolean().optional(),
    steps: z.array(step).min(1),
  }),
  z.strictObject({ kind: z.literal("http"), name, url: z.url(), status: z.int().min(100).max(599) }),
  z.strictObject({ kind: z.literal("milter"), name, address }),
  z.strictObject({
    kind: z.literal("dns"),
    name,
    address: hostPort,
    question: z.string().min(1),
    type: z.enum(["A", "AAAA", "SOA", "NS", "TXT"]),
  }),
  z.strictObject({ kind: z.literal("exec"), name, command }),
  z.strictObject({
    kind: z.literal("space"),
    name,
    path: z.string().startsWith("/"),
    leastPercent: z.int().min(1).max(99),
  }),
]);

const keeper = z
  .strictObject({
    command: command.optional(),
    job: z
      .strictObject({ command, everySeconds: z.number().positive(), retrySeconds: z.number().positive() })
      .optional(),
    prepare: z.array(command).optional(),
    check: z.array(command).optional(),
    reload: z
      .union([z.strictObject({ signal }), z.strictObject({ command }), z.strictObject({ restart: z.literal(true) })])
      .optional(),
    watch: z.array(z.string().startsWith("/")).optional(),
    probe: z
      .strictObject({
        intervalSeconds: z.number().positive(),
        timeoutSeconds: z.number().positive(),
        failures: z.int().min(1),
        startSeconds: z.number().min(0),
        checks: z.array(check).min(1),
      })
      .optional(),
    ready: z.array(check).optional(),
    told: z.array(check).optional(),
    requireAddresses: z.array(z.string().refine((text) => isIP(text) > 0, "an IP address")).optional(),
    stopSignal: signal.optional(),
    stopSeconds: z.number().min(0).optional(),
    listen: hostPort,
    environment: z.record(z.string(), z.string()).optional(),
    gauges: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
          help: z.string().min(1),
          filesIn: z.array(z.string().startsWith("/")).min(1),
        }),
      )
      .optional(),
    quiet: z.array(expression.refine((text) => text !== "", "an expression that not every line matches")).optional(),
  })
  .refine((one) => one.command === undefined || one.job === undefined, "a daemon or a job, not both")
  .refine((one) => one.job === undefined || one.probe === undefined, "a job is its own probe");

describe.each(PLANS)("in the plan of %s", (_, plan) => {
  const workloads = groupsOf(plan).flatMap((group) =>
    group.workloads.map((workload) => [`${workload.name} of ${group.name}`, workload] as const),
  );

  it.each(workloads)("the keeper takes what it is given for %s", (_, workload) =>
    expect(keeper.safeParse(JSON.parse(JSON.stringify(workload.keeper))).error?.issues ?? []).toEqual([]),
  );

  it.each(workloads)(
    "a daemon that hangs is ended within 30 seconds: %s",
    (_, { keeper: { command: daemon, probe } }) => {
      if (daemon === undefined) return;
      expect(probe).toBeDefined();
      const { intervalSeconds = 0, timeoutSeconds = 0, failures = 0 } = probe ?? {};
      expect(failures * (intervalSeconds + timeoutSeconds)).toBeLessThanOrEqual(30);
    },
  );

  it.each(workloads)("a file that its commands name below /run/conf is there: %s", (_, { keeper: one, files }) => {
    const words = [one.command ?? [], ...(one.check ?? []), ...(one.prepare ?? [])].flat();
    const named = words.flatMap((word) => [...word.matchAll(/\/run\/conf\/([\w./-]+)/g)].map(([, path = ""]) => path));
    for (const path of named)
      expect(
        Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`)),
        path,
      ).toBe(true);
  });
});
