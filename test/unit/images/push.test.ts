/** Pushing to a registry, and what is said of it. The registry itself is in test/engine. */
import { createServer, type Server } from "node:http";
import { mkdtemp, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pushImages, writePins } from "../../../tools/images/push.ts";
import { askRegistry } from "../../../tools/images/registry.ts";
import { pushStack, pushedWords } from "../../../tools/images/see-to.ts";
import { imagesInUse, imagesWanted, pushedBefore } from "../../../tools/images/site-images.ts";
import { fails, fakeRunner, fakeStep, OK, prints } from "../offline/fake.ts";
import { localSettings } from "../plan/plans.ts";
import { templateSettings } from "../settings/template.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const REGISTRY = "registry.example.org/mail";
const PIN = `${REGISTRY}/valkey:0123456789ab@${DIGEST}`;
const images = { valkey: { tag: "mailkeep/valkey:0123456789ab", id: "sha256:aa" } };

const push = (answers: Parameters<typeof fakeRunner>[0]) => {
  const { runner, ran } = fakeRunner(answers);
  return { ran, pins: pushImages({ registry: REGISTRY, images, step: fakeStep().step, runner }) };
};

describe("a push", () => {
  const pushed = prints(`The push refers to repository\n0123456789ab: digest: ${DIGEST} size: 1155\n`);

  test("names what the build made, and gives the digest", async () => {
    const { pins, ran } = push({ "docker tag": OK, "docker push": pushed, "docker rmi": OK });
    expect(await pins).toEqual({ valkey: PIN });
    const target = `${REGISTRY}/valkey:0123456789ab`;
    expect(ran).toEqual([`docker tag sha256:aa ${target}`, `docker push ${target}`, `docker rmi ${target}`]);
  });

  test.each([
    ["denied: requested access to the resource is denied", "log in with `docker login registry.example.org`"],
    ["dial tcp: connect: connection refused", "registry.example.org does not answer"],
    ["x509: certificate signed by unknown authority", "a certificate that Docker believes"],
    ["name unknown: no such project", "make its folder there"],
    ["something new", "did not take registry.example.org/mail/valkey"],
  ])("that ends with %s says what to do", async (said, sentence) => {
    const { pins } = push({ "docker tag": OK, "docker push": fails(said), "docker rmi": OK });
    await expect(pins).rejects.toThrow(sentence);
    await expect(pins).rejects.toThrow("No digest was written down.");
  });

  test("without a digest, or without the image, is an error", async () => {
    const silent = push({ "docker tag": OK, "docker push": OK, "docker rmi": OK });
    await expect(silent.pins).rejects.toThrow("did not say its digest");
    await expect(push({ "docker tag": fails("No such image") }).pins).rejects.toThrow("was it pruned?");
  });
});

describe("a registry", () => {
  let server: Server;
  let status = 200;
  beforeEach(async () => {
    server = createServer((request, response) => {
      response.writeHead(request.url === "/v2/" ? status : 400).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const host = () => {
    const address = server.address();
    return typeof address === "object" ? `127.0.0.1:${address?.port ?? 0}` : "";
  };

  test.each([200, 401])("is there when it answers %d", async (answer) => {
    status = answer;
    await askRegistry(`${host()}/mail`);
  });

  test.each([
    [404, "is no registry of images: it answers 404"],
    [503, "is out of order: it answers 503"],
  ])("is not there when it answers %d", async (answer, sentence) => {
    status = answer;
    await expect(askRegistry(`${host()}/mail`)).rejects.toThrow(sentence);
  });

  test("that does not run is told of", async () => {
    const gone = host();
    server.close();
    await expect(askRegistry(`${gone}/mail`)).rejects.toThrow(
      `The registry ${gone} does not answer (ECONNREFUSED): see \`images.registry\` in the settings, and that it runs and is reached from here. Nothing was built or pushed.`,
    );
  });
});

describe("a stack's images", () => {
  test("are those of its sites, and of its local world", () => {
    const production = imagesWanted("production", templateSettings("production"));
    expect(production).toEqual(expect.arrayContaining(["certs", "keeper", "postfix"]));
    expect(production).not.toContain("knot");
    expect(imagesWanted("local", localSettings())).toContain("knot");
  });

  test("are pushed only where the settings name a registry", async () => {
    const pushing = pushStack("production", templateSettings("production"), false);
    await expect(pushing).rejects.toThrow("The settings of production name no registry");
  });

  test("are written down as they are read, and a broken file is told of", async () => {
    const root = await mkdtemp(join(tmpdir(), "mailkeep-push-"));
    try {
      await mkdir(join(root, "stacks"));
      expect(await pushedBefore("production", root)).toEqual({});
      await writePins("production", { valkey: PIN }, root);
      expect(await readdir(join(root, "stacks"))).toEqual(["images.production.json"]);
      expect(await readFile(join(root, "stacks/images.production.json"), "utf8")).toContain(`"valkey": "${PIN}"`);
      expect(await pushedBefore("production", root)).toEqual({ valkey: PIN });
      const settings = { ...templateSettings("production"), images: { registry: REGISTRY } };
      expect(() => imagesInUse("production", settings, root)).toThrow("is not in stacks/images.production.json");
      await writePins("production", { valkey: "valkey:1" }, root);
      await expect(pushedBefore("production", root)).rejects.toThrow("stacks/images.production.json: valkey must be");
    } finally {
      await rm(root, { recursive: true });
    }
  });

  test("that changed are shown before and after", () => {
    const other = PIN.replace("0123456789ab", "ba9876543210").replace("0a0a", "1b1b");
    const words = pushedWords("production", { valkey: PIN, knot: PIN }, { valkey: other, knot: PIN, certs: PIN });
    expect(words).toContain("valkey  0123456789ab sha256:0a0a0a0a0a0a  ba9876543210 sha256:1b1b0a0a0a0a");
    expect(words).toMatch(/certs +- +0123456789ab/);
    expect(words).not.toContain("knot");
    expect(words).toContain("commit it, and `npm run up -- production`");
    expect(pushedWords("production", { valkey: PIN }, { valkey: PIN })).toContain("is as it was");
  });
});
