/** What a program made, as a list that a bare program can make again: the same types, names and inputs, and nothing around them. Pure. */
import { z } from "zod";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A secret as an exported state shows it. */
const secretSchema = z.object({ [SIGNATURE]: z.string(), plaintext: z.string() });

const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        custom: z.boolean(),
        inputs: z.record(z.string(), z.unknown()).default({}),
      }),
    ),
  }),
});

export const resourceSchema = z.object({
  type: z.string(),
  name: z.string(),
  inputs: z.record(z.string(), z.unknown()),
});
export type Recorded = z.infer<typeof resourceSchema>;

/** @param exported what `pulumi stack export --show-secrets` printed */
export function recordedIn(exported: string): Recorded[] {
  const { deployment } = exportSchema.parse(JSON.parse(exported));
  return deployment.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ urn, type, inputs }) => ({
      type,
      name: urn.split("::").slice(3).join("::"),
      // A mark of the engine's own, which no program gives.
      inputs: Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "__defaults")),
    }));
}

/** The value with whatever `wrap` makes of each secret in it. */
export function withSecrets(value: unknown, wrap: (plain: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => withSecrets(one, wrap));
  if (typeof value !== "object" || value === null) return value;
  const secret = secretSchema.safeParse(value);
  // What a secret holds is one as a whole: a secret within it is no longer marked.
  if (secret.success) return wrap(withSecrets(JSON.parse(secret.data.plaintext), (plain) => plain));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, wrap)]));
}
