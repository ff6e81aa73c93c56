import { chmod, mkdir, mkdtemp, readFile, readdir, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { keeperBinary } from "../../../tools/images/artefacts.ts";
import { buildImage, progressOf } from "../../../tools/images/build.ts";
import { withContext } from "../../../tools/images/context.ts";
import { inContext, isGoSource } from "../../../tools/images/files.ts";
import { eachOf } from "../../../tools/images/index.ts";
import { IMAGE_NAMES, IMAGES } from "../../../tools/images/names.ts";
import { outdated } from "../../../tools/images/prune.ts";
import { readImages, writeImages } from "../../../tools/images/record.ts";
import { imageSource, imageTag, neededArtefacts } from "../../../tools/images/source.ts";
import { fails, fakeRunner, fakeStep, OK } from "../offline/fake.ts";
import type { Runner } from "../../../tools/offline/run.ts";

const KEEPER = { name: "keeper", path: "", hash: "k1" };
const DIST = { name: "dist", path: "", hash: "d1" };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailkeep-images-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  await put("valkey/Dockerfile", "ARG BASE\nFROM ${BASE}\nCOPY rootfs/ /\nCOPY keeper /keeper\n");
  await put("valkey/rootfs/usr/local/bin/check", "#!/bin/sh\n");
  await chmod(join(folder, "valkey/rootfs/usr/local/bin/check"), 0o775);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

const tag = async (baseId = "sha256:b1", keeper = KEEPER) =>
  imageTag(await imageSource(folder, "valkey"), baseId, [keeper, DIST]);

test("every image has a folder, and every folder an image", async () => {
  const folders = await readdir(IMAGES, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...IMAGE_NAMES].sort()).toEqual(names.sort());
});

describe("the tag", () => {
  test("names the image and twelve digits, and is the same for the same content", async () => {
    const first = await tag();
    expect(first).toMatch(/^mailkeep\/valkey:[0-9a-f]{12}$/);
    await put("valkey/Dockerfile", await readFile(join(folder, "valkey/Dockerfile"), "utf8"));
    expect(await tag()).toBe(first);
  });

  test("changes with each thing that goes into the image", async () => {
    const tags = [await tag(), await tag("sha256:b2"), await tag("sha256:b1", { ...KEEPER, hash: "k2" })];
    await put("valkey/rootfs/etc/x", "");
    tags.push(await tag());
    await chmod(join(folder, "valkey/rootfs/etc/x"), 0o755);
    tags.push(await tag());
    await rm(join(folder, "valkey/rootfs/etc/x"));
    await symlink("/run/x", join(folder, "valkey/rootfs/etc/x"));
    tags.push(await tag());
    expect(new Set(tags).size).toBe(tags.length);
  });

  test("stays with what does not: tests, sources that are built, artefacts it does not copy, a group's write bit", async () => {
    const first = await tag();
    await put("valkey/README.md", "x");
    await put("valkey/main.go", "x");
    await put("valkey/src/main.ts", "x");
    await chmod(join(folder, "valkey/rootfs/usr/local/bin/check"), 0o755);
    expect(await tag()).toBe(first);
    expect(imageTag(await imageSource(folder, "valkey"), "sha256:b1", [KEEPER, { ...DIST, hash: "d2" }])).toBe(first);
  });
});

test("a Dockerfile says what has to be built for it", () => {
  expect(neededArtefacts("FROM x\nCOPY keeper /keeper")).toEqual(["keeper"]);
  expect(neededArtefacts("COPY ./node /usr/bin/node\nCOPY --chown=1:1 dist/ /opt/\nCOPY keeper /keeper")).toEqual([
    "keeper",
    "node",
    "dist",
  ]);
  expect(neededArtefacts("COPY --from=build keeper /keeper\n# COPY node /x\nCOPY rootfs/ /")).toEqual([]);
});

test("all images stand on the keeper's and have no copy of their own", async () => {
  for (const name of IMAGE_NAMES) {
    const dockerfile = await readFile(join(IMAGES, name, "Dockerfile"), "utf8");
    const last = dockerfile.split("\n").findLast((line) => line.startsWith("FROM "));
    expect(last, name).toBe("FROM ${BASE}");
    expect(neededArtefacts(dockerfile).includes("keeper"), name).toBe(name === "keeper");
    expect(/^ENTRYPOINT/m.test(dockerfile), name).toBe(name === "keeper");
  }
});

test("an image without a Dockerfile is named", async () => {
  await expect(imageSource(folder, "knot")).rejects.toThrow(
    `The image knot has no ${join(folder, "knot", "Dockerfile")}`,
  );
});

test.each([
  ["rootfs/etc/a.conf", true],
  ["src/main.ts", false],
  ["go.mod", false],
  ["node_modules/x/y", false],
])("%s is in the context: %s", (path, expected) => {
  expect(inContext(path)).toBe(expected);
});

test("Go's tests do not make another keeper", () => {
  expect([isGoSource("main.go"), isGoSource("go.sum"), isGoSource("main_test.go"), isGoSource("Dockerfile")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe("the context", () => {
  test("holds the files with plain modes, links as links, and the artefacts", async () => {
    await put("keeper-binary", "ELF");
    await symlink("/run/conf/x", join(folder, "valkey/rootfs/x"));
    const source = await imageSource(folder, "valkey");
    await withContext(source, [{ ...KEEPER, path: join(folder, "keeper-binary") }], async (context) => {
      expect((await readdir(context)).sort()).toEqual(["Dockerfile", "keeper", "rootfs"]);
      expect((await stat(join(context, "rootfs/usr/local/bin/check"))).mode & 0o777).toBe(0o755);
      expect((await stat(join(context, "Dockerfile"))).mode & 0o777).toBe(0o644);
      expect(await readlink(join(context, "rootfs/x"))).toBe("/run/conf/x");
    });
    expect(await readdir(join(folder, "cache", "mailkeep"))).toEqual([]);
  });

  test("is refused when a file was edited after it was hashed", async () => {
    const source = await imageSource(folder, "valkey");
    await put("valkey/Dockerfile", "FROM scratch\n");
    await expect(withContext(source, [], () => Promise.resolve())).rejects.toThrow(
      "changed while its image was being built",
    );
  });
});

describe("a build", () => {
  const request = (runner: Runner, step = fakeStep().step) => ({
    tag: "mailkeep/valkey:0123456789ab",
    base: "mailkeep/debian:13-r1",
    context: "/context",
    network: ["--build-arg", "http_proxy=http://172.17.0.1:1"],
    step,
    runner,
  });

  test("passes the base and the way to the packages", async () => {
    const { runner, ran } = fakeRunner({ "docker build": OK });
    await buildImage(request(runner));
    expect(ran).toEqual([
      "docker build --force-rm --build-arg BASE=mailkeep/debian:13-r1 --build-arg http_proxy=http://172.17.0.1:1 --tag mailkeep/valkey:0123456789ab /context",
    ]);
  });

  test("that fails shows the last 30 lines of its log", async () => {
    const { runner } = fakeRunner({
      "docker build": fails(Array.from({ length: 40 }, (_, line) => `line ${line}.`).join("\n")),
    });
    const failure = buildImage(request(runner));
    await expect(failure).rejects.toThrow("The image mailkeep/valkey does not build: see images/valkey/Dockerfile");
    await expect(failure).rejects.toThrow("line 10.\n");
    await expect(failure).rejects.not.toThrow("line 9.\n");
  });

  test.each([
    ["Step 2/5 : RUN apt-get update  && true", "2/5 RUN apt-get update && true"],
    ["#7 [2/5] RUN apt-get update", "2/5 RUN apt-get update"],
    ["#9 [stage-1 3/4] COPY keeper /keeper", "3/4 COPY keeper /keeper"],
    ["Step 1/5 : ARG BASE", undefined],
    [" ---> 0123", undefined],
  ])("tells of %s as %s", (line, expected) => {
    expect(progressOf(line)).toBe(expected);
  });
});

test("the keeper is built once for each state of its sources", async () => {
  await put("keeper/main.go", "package main");
  let builds = 0;
  const go: Runner = async (_, args) => {
    builds += 1;
    await writeFile(args[args.indexOf("-o") + 1] ?? "", `binary ${builds}`);
    return OK;
  };
  const first = await keeperBinary(folder, go);
  expect(await keeperBinary(folder, go)).toEqual(first);
  await put("keeper/main_test.go", "package main");
  expect(await keeperBinary(folder, go)).toEqual(first);
  await put("keeper/main.go", "package main // changed");
  expect((await keeperBinary(folder, go)).hash).not.toBe(first.hash);
  expect(builds).toBe(2);
});

test("no more than two builds run at a time, and none begins after one failed", async () => {
  let running = 0;
  const peaks: number[] = [];
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    running += 1;
    peaks.push(running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (item === 3) throw new Error("three");
  };
  await expect(eachOf([1, 2, 3, 4, 5, 6, 7], 2, work)).rejects.toThrow("three");
  expect(Math.max(...peaks)).toBe(2);
  expect(begun).toEqual([1, 2, 3, 4]);
});

describe("the record", () => {
  const image = { tag: "mailkeep/valkey:0123456789ab", id: "sha256:aa" };

  test("is read as it was written, without names that are none", async () => {
    const path = join(folder, ".mailkeep", "images.json");
    await writeImages({ valkey: image }, path);
    expect(await readImages(path)).toEqual({ valkey: image });
    await writeFile(path, JSON.stringify({ valkey: image, other: image }));
    expect(await readImages(path)).toEqual({ valkey: image });
  });

  test.each(["", "{", '{"valkey": 1}'])("counts as empty where it is %j", async (text) => {
    await put("images.json", text);
    expect(await readImages(join(folder, "images.json"))).toEqual({});
  });

  test("decides what is outdated, of our images alone", () => {
    const tags = [
      image.tag,
      "mailkeep/valkey:ba9876543210",
      "mailkeep/other:ba9876543210",
      "mailkeep/debian:13",
      "valkey:ba9876543210",
      "",
    ];
    const bases = ["mailkeep/debian:13-r1-20261101-official", "mailkeep/debian:13-r1-20261121-official"];
    expect(outdated([...tags, ...bases], { valkey: image })).toEqual([
      "mailkeep/valkey:ba9876543210",
      "mailkeep/debian:13-r1-20261101-official",
    ]);
  });
});
