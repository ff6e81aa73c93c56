/** Whether the registry of images lets the sites in. */
import { z } from "zod";
import { versionAddress } from "../../images/registry.ts";
import { judgeOf, type Verdict } from "../verdict.ts";
import { bodyOf, isRefused, request, type Reply, troubleOf } from "./http.ts";

/** The registry, and who logs in there with what. */
export interface RegistryArgs {
  /** With the folder in it, such as `registry.example.org/mailkeep`. */
  readonly registry?: string | undefined;
  readonly user?: string | undefined;
  /** Of the stack's configuration, decrypted. */
  readonly config: Readonly<Record<string, string>>;
}

const KEY = "mailkeep:registryPassword";
const grantSchema = z.union([z.looseObject({ token: z.string() }), z.looseObject({ access_token: z.string() })]);

/** Empty where there is no password to try. */
export async function checkRegistry({ registry, user, config }: RegistryArgs): Promise<Verdict[]> {
  const password = config[KEY];
  if (registry === undefined || user === undefined || password === undefined) return [];
  const [host = registry, ...folder] = registry.split("/");
  const base = versionAddress(host);
  const verdict = judgeOf("credentials", `registryPassword ${host}`);
  const first = await request(base, {});
  const challenge = challengeIn(first);
  if ("status" in first && first.status === 200)
    return [verdict("ok", "The registry lets anybody in, so it was not tried.")];
  if (challenge === undefined)
    return [
      verdict(
        "unknown",
        `The registry cannot be asked: ${troubleOf(first)}.`,
        "See `images.registry` in the settings, or try again.",
      ),
    ];
  const reply = await answerTo(challenge, { base, folder: folder.join("/"), user, password });
  if (reply === undefined)
    return [
      verdict(
        "unknown",
        "The registry wants the password at an address without TLS, where it was not sent.",
        "See `images.registry` in the settings.",
      ),
    ];
  if (isRefused(reply))
    return [
      verdict(
        "problem",
        `The registry refuses it for the user ${user}, so the sites would get no images.`,
        `See \`images.user\` in the settings, and set the password: pulumi config set --secret ${KEY}`,
      ),
    ];
  const isIn = challenge.scheme === "basic" ? "status" in reply && reply.status === 200 : bodyOf(reply, grantSchema);
  return [
    isIn === undefined || isIn === false
      ? verdict("unknown", `Whether it lets ${user} in is not told: ${troubleOf(reply)}.`, "Try again.")
      : verdict("ok", `It lets ${user} in.`),
  ];
}

interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: ReadonlyMap<string, string>;
}

/** How a registry asks who is there, RFC 9110 section 11.6.1. */
function challengeIn(reply: Reply): Challenge | undefined {
  if (!("status" in reply) || reply.status !== 401) return undefined;
  const [, scheme = "", rest = ""] = /^(basic|bearer)\b(.*)$/i.exec(reply.challenge ?? "") ?? [];
  const parameters = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value] as const);
  switch (scheme.toLowerCase()) {
    case "basic":
      return { scheme: "basic", parameters: new Map(parameters) };
    case "bearer":
      return { scheme: "bearer", parameters: new Map(parameters) };
    default:
      return undefined;
  }
}

interface Asking {
  readonly base: string;
  readonly folder: string;
  readonly user: string;
  readonly password: string;
}

/**
 * By the password itself, or for a token that it grants; the token opens nothing but reading.
 *
 * Source: https://distribution.github.io/distribution/spec/auth/token/
 */
async function answerTo({ scheme, parameters }: Challenge, asking: Asking): Promise<Reply | undefined> {
  const { base, folder, user, password } = asking;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  if (scheme === "basic") return await request(base, { headers: { authorization } });
  const realm = parameters.get("realm") ?? "";
  if (!URL.canParse(realm) || (!realm.startsWith("https:") && base.startsWith("https:"))) return undefined;
  const url = new URL(realm);
  const service = parameters.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${[folder, "postfix"].filter((part) => part !== "").join("/")}:pull`);
  return await request(url.href, { headers: { authorization } });
}
