import { afterEach, describe, expect, it } from "vitest";
import { corrected, correctFrames, trueFrame } from "../../../tools/offline/language-host/true-frames.ts";

describe("a stack frame", () => {
  it.each([
    [
      "at x (/p/node_modules/@pulumi/resource.ts:1:2)",
      "/p/node_modules/@pulumi/pulumi/resource.js",
      "@pulumi/pulumi/resource.ts",
    ],
    [
      "at x (/p/node_modules/@pulumi/privateKey.ts:1:2)",
      "/p/node_modules/@pulumi/tls/privateKey.js",
      "@pulumi/tls/privateKey.ts",
    ],
    ["at x (/p/node_modules/@pulumi/tls/a.js:1:2)", "/p/node_modules/@pulumi/tls/a.js", "@pulumi/tls/a.js"],
  ])("%s has its package's name", (line, file, expected) => {
    expect(trueFrame(line, file)).toBe(`at x (/p/node_modules/${expected}:1:2)`);
  });

  it.each([
    ["at x (file:///p/stacks/index.ts:1:2)", "file:///p/stacks/index.ts"],
    ["at x (/p/node_modules/yaml/index.js:1:2)", "/p/node_modules/yaml/index.js"],
    ["at x (node:internal/x:1:2)", ""],
  ])("%s stays as it is", (line, file) => {
    expect(trueFrame(line, file)).toBe(line);
  });
});

describe("a formatter", () => {
  const original = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  afterEach(() => {
    Reflect.deleteProperty(Error, "prepareStackTrace");
    if (original !== undefined) Object.defineProperty(Error, "prepareStackTrace", original);
  });

  it("that gives something else than text is left alone", () => {
    expect(corrected((_, frames) => frames)(new Error("x"), [])).toEqual([]);
  });

  it("is corrected when it is set, and not twice when it is put back", () => {
    correctFrames();
    Error.prepareStackTrace = () => "one";
    const first: unknown = Reflect.get(Error, "prepareStackTrace");
    Error.prepareStackTrace = (_, frames) => frames;
    Reflect.set(Error, "prepareStackTrace", first);
    expect(Reflect.get(Error, "prepareStackTrace")).toBe(first);
    expect(new Error("x").stack).toBe("one");
  });
});
