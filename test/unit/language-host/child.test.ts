import { describe, expect, it } from "vitest";
import { locateScript, runChild, stopChildren } from "../../../tools/offline/language-host/child.ts";

const script = (source: string, output?: string[]) => {
  const keep = (chunk: Buffer): void => {
    output?.push(chunk.toString());
  };
  return {
    arguments: ["-e", source],
    directory: process.cwd(),
    environment: process.env,
    output: { stdout: keep, stderr: keep },
  };
};

describe("a child of the host", () => {
  it("ends with its code, after all of its output was read", async () => {
    const output: string[] = [];
    expect(await runChild(script("process.stdout.write('x'.repeat(100000)); process.exitCode = 32", output))).toEqual({
      code: 32,
    });
    expect(output.join("")).toHaveLength(100_000);
  });

  it("is interrupted when its call is cancelled", async () => {
    const end = runChild(script("setInterval(() => {}, 1000)"), (interrupt) => setTimeout(interrupt, 50));
    expect(await end).toEqual({ signal: "SIGINT" });
  });

  it("may end by itself when it is interrupted", async () => {
    const output: string[] = [];
    const source = "process.on('SIGINT', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000)";
    const end = runChild(script(source, output));
    await expect.poll(() => output.join("")).toContain("ready");
    await stopChildren();
    expect(await end).toEqual({ code: 7 });
  });

  it("fails in a sentence when its program is missing", async () => {
    const missing = { ...script(""), command: "/nowhere/node" };
    await expect(runChild(missing)).rejects.toThrow("ENOENT");
  });
});

describe("a script of the SDK", () => {
  it("is found from the program", () => {
    expect(locateScript("@pulumi/pulumi/cmd/run", process.cwd())).toMatch(/cmd\/run\/index\.js$/);
  });

  it("is asked for in a sentence where the SDK is missing", () => {
    expect(() => locateScript("@pulumi/pulumi/cmd/run", "/")).toThrow(
      "The Pulumi SDK (@pulumi/pulumi) is not installed for /; run npm ci there, then try again.",
    );
  });
});
