/** SMTP at port 25 of a site, as others talk it there. */
import { networkName } from "../../components/release/names.ts";
import { INTERNET } from "../../components/world/addresses.ts";
import { containerOf, docker, dockerWithInput } from "../../tools/site/docker.ts";

/** One step of an SMTP session: what is sent, and the code and text of the answer. */
export interface Answer {
  readonly sent: string;
  readonly code: number;
  readonly text: string;
}

/** Says each line to port 25 of a server, and prints each answer as JSON. */
const SMTP_CLIENT = `
import json, re, socket, sys
server, lines = json.load(sys.stdin)
connection = socket.create_connection((server, 25), timeout=60)
stream = connection.makefile("rb")
def answer():
    texts = []
    while True:
        line = stream.readline().decode("utf-8", "replace").rstrip()
        texts.append(line)
        if not re.match(r"^\\d{3}-", line):
            return texts
def report(sent, texts):
    last = texts[-1]
    print(json.dumps({"sent": sent, "code": int(last[:3]) if last[:3].isdigit() else 0, "text": "\\n".join(texts)}))
report("", answer())
for line in lines:
    connection.sendall((line[1:] if line.startswith(" ") else line).encode() + b"\\r\\n")
    if not line.startswith(" "):
        report(line, answer())
`;

/**
 * Talks SMTP to port 25 from the foreign server's address, line by line, whatever the answers are.
 *
 * @param lines what to send after the greeting; a line that begins with a space is sent without it and not waited for.
 */
export async function smtpFromOutside(stack: string, server: string, lines: readonly string[]): Promise<Answer[]> {
  const container = await containerOf(stack, "world", "outside");
  const command = ["exec", "--interactive", container, "python3", "-c", SMTP_CLIENT];
  return parseAnswers(await dockerWithInput(JSON.stringify([server, lines]), ...command));
}

/** The same from an address of the world that nobody has: a container takes it for as long as the session lasts. */
export async function smtpFromAddress(
  stack: string,
  client: { readonly v4: string; readonly v6: string },
  server: string,
  lines: readonly string[],
): Promise<Answer[]> {
  const image = (
    await docker("inspect", "--format", "{{.Config.Image}}", await containerOf(stack, "world", "outside"))
  ).trim();
  const network = networkName(stack, "world", { name: INTERNET.name, kind: "owned" });
  const place = ["--network", network, "--ip", client.v4, "--ip6", client.v6, "--cap-drop=ALL"];
  const command = ["run", "--rm", "--interactive", "--label", "mailkeep.test=client", ...place];
  const program = ["--entrypoint", "python3", image, "-c", SMTP_CLIENT];
  return parseAnswers(await dockerWithInput(JSON.stringify([server, lines]), ...command, ...program));
}

function parseAnswers(output: string): Answer[] {
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseAnswer(line));
}

function parseAnswer(line: string): Answer {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new Error(`not an answer: ${line}`);
  const { sent, code, text } = Object.assign({ sent: "", code: 0, text: "" }, value);
  return { sent, code, text };
}
