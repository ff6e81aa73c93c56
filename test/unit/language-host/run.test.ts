import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import { describe, expect, it } from "vitest";
import { environmentOf, pluginArguments } from "../../../tools/offline/language-host/run-plugin.ts";
import { configKey, responseOf, runnerArguments } from "../../../tools/offline/language-host/run.ts";

describe("the runner's command line", () => {
  const request = () =>
    new languagePb.RunRequest()
      .setMonitorAddress("127.0.0.1:1")
      .setOrganization("organization")
      .setProject("mailkeep")
      .setStack("local")
      .setParallel(16)
      .setInfo(
        new languagePb.ProgramInfo().setRootDirectory("/root").setProgramDirectory("/root/program").setEntryPoint("."),
      );

  it("names all that the program needs to know, then the program and its own arguments", () => {
    expect(runnerArguments(request().setDryrun(true).setArgsList(["--more"]), "127.0.0.1:2")).toEqual([
      ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--organization", "organization"],
      ...["--project", "mailkeep", "--root-directory", "/root", "--stack", "local", "--pwd", "/root/program"],
      ...["--parallel", "16", "--dry-run", ".", "--more"],
    ]);
  });

  it("leaves out what is empty, and the dry run in an update", () => {
    const args = runnerArguments(request().setOrganization(""), "127.0.0.1:2");
    expect(args).not.toContain("--organization");
    expect(args).not.toContain("--dry-run");
  });
});

describe("a configuration key", () => {
  it.each([
    ["mail:domains", "mail:config:domains"],
    ["mail:config:domains", "mail:config:domains"],
    ["a:b:c", "a:config:b:c"],
  ])("%s is %s for the runner", (key, long) => {
    expect(configKey(key)).toBe(long);
  });

  it("needs a namespace", () => {
    expect(() => configKey("domains")).toThrow("The configuration key domains has no namespace");
  });
});

describe("the end of a program", () => {
  it.each([
    [{ code: 0 }, { error: "", bail: false }],
    [{ code: 32 }, { error: "", bail: true }],
    [{ code: 1 }, { error: "The program ended with exit code 1.", bail: false }],
    [{ signal: "SIGKILL" }, { error: "The program was ended by signal SIGKILL.", bail: false }],
  ])("%j is told as %j", (end, told) => {
    expect(responseOf(end).toObject()).toEqual(told);
  });
});

describe("a plugin", () => {
  it("gets its folder last if it is a policy pack, else first", () => {
    expect(pluginArguments(true, "/pack", ["127.0.0.1:2"])).toEqual(["127.0.0.1:2", "/pack"]);
    expect(pluginArguments(false, "/provider", ["127.0.0.1:2"])).toEqual(["/provider", "127.0.0.1:2"]);
  });

  it("gets just the environment it is given, or the host's", () => {
    expect(environmentOf(["A=1", "B=x=y", "C"])).toEqual({ A: "1", B: "x=y", C: "" });
    expect(environmentOf([])).toEqual({ ...process.env });
  });
});
