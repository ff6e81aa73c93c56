/** Each DKIM signature of a message by itself, judged by the foreign server's own software. */
import { z } from "zod";
import { containerOf, dockerWithInput } from "../../tools/site/docker.ts";
import type { Received } from "../../tools/site/outside.ts";

/** From the top of the message downwards. */
export type Signatures = readonly z.infer<typeof signatureSchema>[];

const signatureSchema = z.object({
  algorithm: z.string(),
  domain: z.string(),
  selector: z.string(),
  verified: z.boolean(),
});

/** dkimpy, which asks the world's name server: it shares nothing with OpenDKIM. */
const VERIFIER = `
import json, re, sys
import dkim, dns.resolver
with open("/run/conf/outside.json", encoding="utf-8") as file:
    server = json.load(file)["nameServer"]
dns.resolver.default_resolver = dns.resolver.Resolver(configure=False)
dns.resolver.default_resolver.nameservers = [server]
raw = sys.stdin.buffer.read()
fields = [value for name, value in dkim.DKIM(raw).headers if name.lower() == b"dkim-signature"]
found = []
for index, field in enumerate(fields):
    tags = dict(part.split("=", 1) for part in re.sub(r"\\s+", "", field.decode()).split(";") if part)
    verified = dkim.DKIM(raw, timeout=20).verify(idx=index)
    found.append({"algorithm": tags["a"], "domain": tags["d"], "selector": tags["s"], "verified": verified})
print(json.dumps(found))
`;

export async function signaturesOf(stack: string, { raw }: Pick<Received, "raw">): Promise<Signatures> {
  const container = await containerOf(stack, "world", "outside");
  const said = await dockerWithInput(raw, "exec", "--interactive", container, "python3", "-c", VERIFIER);
  return z.array(signatureSchema).parse(JSON.parse(said));
}
