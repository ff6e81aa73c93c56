import { describe, expect, test } from "vitest";
import { explain, redact } from "../../../providers/compose/explain.ts";

const HOST = "this machine";

describe("what Docker prints becomes a sentence", () => {
  test.each([
    [
      "Error response from daemon: driver failed programming external connectivity on endpoint net: Bind for 127.0.1.11:25 failed: port is already allocated",
      "Port 25 of 127.0.1.11 is in use by another program on this machine.",
    ],
    [
      "Error starting userland proxy: listen tcp4 127.0.0.1:993: bind: address already in use",
      "Port 993 of 127.0.0.1 is in use by another program on this machine.",
    ],
    [
      "Error starting userland proxy: listen tcp6 [::]:25: bind: address already in use",
      "Port 25 of [::] is in use by another program",
    ],
    ["Error response from daemon: Address already in use", "An address that a workload wants on its network is taken"],
    [
      "failed to create network x: Error response from daemon: Pool overlaps with other one on this address space",
      "overlaps with another Docker network",
    ],
    ["mkdir /var/lib/docker/overlay2/x: no space left on device", "The disk of this machine is full."],
    [
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "Docker does not answer on this machine.",
    ],
    ["docker: 'compose' is not a docker command.", "Docker on this machine has no Compose."],
    ["Error: No such image: mailkeep/postfix:1", "The image mailkeep/postfix:1 is not on this machine."],
    [
      "network mailkeep-local-internet declared as external, but could not be found",
      "The network mailkeep-local-internet, which another group owns",
    ],
  ])("%s", (output, sentence) => {
    const text = explain("Starting", output, HOST);
    expect(text).toContain(sentence.replace(/\.$/, ""));
    expect(text).toContain(output);
  });

  test("and what is not known is shown by its last lines", () => {
    const output = Array.from({ length: 50 }, (_, line) => `line ${line}`).join("\n");
    const text = explain("Starting the containers of alpha", output, HOST);
    expect(text).toMatch(/^Starting the containers of alpha failed on this machine\. Its last lines:\n {2}line 30\n/);
    expect(text).toMatch(/line 49$/);
  });
});

describe("a text without secrets", () => {
  const key =
    "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0wawIB\n-----END PRIVATE KEY-----\n";

  test("has each line of them replaced", () => {
    expect(redact("bad key: MIGHAgEAMBMGByqGSM49 at line 2", [key])).toBe("bad key: [secret] at line 2");
    expect(redact(`all of it: ${key}`, [key])).toBe("all of it: [secret]\n");
  });

  test("keeps what is in every key, and short words", () => {
    expect(redact("no -----BEGIN PRIVATE KEY----- in user ann", [key, "ann"])).toBe(
      "no -----BEGIN PRIVATE KEY----- in user ann",
    );
  });
});
