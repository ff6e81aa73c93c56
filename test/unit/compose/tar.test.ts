import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { tarOf } from "../../../providers/compose/tar.ts";

const file = (path: string, content = "", mode = 0o444) => ({ path, content, mode });

/** What tar itself says of an archive, without times. */
function listed(archive: Buffer): string[] {
  const args = ["--list", "--verbose", "--numeric-owner", "--file=-"];
  const text = execFileSync("tar", args, {
    input: archive,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], TZ: "UTC" },
  });
  return text.trimEnd().split("\n");
}

test("tar reads owners, modes, sizes and folders", () => {
  const files = [file("main.cf", "a = ü\n"), file("maps/deep/x", "1"), file("site.key", "k", 0o400)];
  expect(
    listed(tarOf({ uid: 2002, files })).map((line) => line.replace(/ 1970-01-01 00:00/, "").replace(/ +/g, " ")),
  ).toEqual([
    "dr-x------ 2002/2002 0 maps/",
    "dr-x------ 2002/2002 0 maps/deep/",
    "-r--r--r-- 2002/2002 7 main.cf",
    "-r--r--r-- 2002/2002 1 maps/deep/x",
    "-r-------- 2002/2002 1 site.key",
  ]);
});

test.each([1, 511, 512, 513, 70_000])("content of %d bytes comes out as it went in", (length) => {
  const content = "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2);
  const archive = tarOf({ uid: 0, files: [file("a", content)] });
  expect(archive.length % 512).toBe(0);
  expect(execFileSync("tar", ["-xOf", "-", "a"], { input: archive, encoding: "utf8" })).toBe(content);
});

test("a long path is cut at a slash, and one that cannot be is refused", () => {
  const long = `${"d".repeat(90)}/${"f".repeat(90)}`;
  expect(listed(tarOf({ uid: 0, files: [file(long)] })).at(-1)).toContain(long);
  expect(() => tarOf({ uid: 0, files: [file("n".repeat(101))] })).toThrow("is too long for a tar archive");
});

test("no files are an empty archive", () => expect(tarOf({ uid: 0, files: [] })).toEqual(Buffer.alloc(1024)));
