import { describe, expect, it } from "vitest";
import { optionEnvironment, parseOptions, splitWords } from "../../../tools/offline/language-host/options.ts";

describe("the runtime options", () => {
  it("compile TypeScript unless they say no, as the official host does", () => {
    expect(parseOptions({})).toEqual({ typescript: true, tsconfig: undefined, nodeArguments: [] });
    expect(optionEnvironment(parseOptions({}))).toEqual({ PULUMI_NODEJS_TYPESCRIPT: "true" });
    expect(optionEnvironment(parseOptions({ typescript: false }))).toEqual({});
  });

  it("pass on the path of a tsconfig", () => {
    expect(optionEnvironment(parseOptions({ typescript: false, tsconfig: "other.json" }))).toEqual({
      PULUMI_NODEJS_TSCONFIG_PATH: "other.json",
    });
  });

  it.each([{ typescript: "no" }, { tsconfig: 1 }, { nodeargs: ["--x"] }])("refuse the wrong type in %j", (options) => {
    const [name] = Object.keys(options);
    expect(() => parseOptions(options)).toThrow(
      new RegExp(`The runtime option ${String(name)} must be .*; change it under runtime.options of Pulumi.yaml.`),
    );
  });
});

describe("nodeargs", () => {
  it.each([
    ["", []],
    ["  --a   --b ", ["--a", "--b"]],
    [`--title="two words" --x='a b'c`, ["--title=two words", "--x=a bc"]],
    [String.raw`a\ b "\"" '\'`, ["a b", '"', "\\"]],
    [`""`, [""]],
  ])("%j becomes %j", (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it("refuse a quote that is not closed", () => {
    expect(() => splitWords(`--x="a`)).toThrow('has a " that is not closed: --x="a');
  });
});
