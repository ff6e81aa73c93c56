/** How a host comes to the images of a release. */
import { describe, expect, test } from "vitest";
import type { Finished, Host, RunOptions } from "../../../providers/compose/host.ts";
import { ensureImages, removeImages } from "../../../providers/compose/images.ts";
import type { ReleaseInputs } from "../../../providers/compose/inputs.ts";
import { dockerConfig } from "../../../providers/compose/pull.ts";
import { release } from "./inputs.fixture.ts";

const ID = `sha256:${"1b".repeat(32)}`;
const PIN = `registry.test/mail/keeper:1@sha256:${"0a".repeat(32)}`;
const LOGIN = { host: "registry.test", user: "sites", password: "a-token-of-the-sites" };
const log = { status() {}, info() {}, warn() {} };

/** The release with one workload of one image. */
function inputs(image: string, registry?: ReleaseInputs["registry"]): ReleaseInputs {
  const workload = { uid: 2000, service: { image }, files: {}, secretFiles: {} };
  return { ...release, volumes: {}, workloads: { net: workload }, ...(registry && { registry }) };
}

interface Trial {
  readonly host: Host;
  readonly pulls: { readonly command: readonly string[]; readonly options: RunOptions | undefined }[];
}

/** A host that has no image until it is pulled or carried there. */
function trial(pull: Partial<Finished> = {}, { carries = true, taken = true } = {}): Trial {
  const there = new Set<string>();
  const pulls: Trial["pulls"] = [];
  const run: Host["run"] = (command, options) => {
    const [, verb] = command;
    if (verb === "image") return answer({ code: command.slice(5).every((image) => there.has(image)) ? 0 : 1 });
    pulls.push({ command, options });
    return answer(pull);
  };
  const carryImages = (images: readonly string[]): Promise<void> => {
    for (const image of taken ? images : []) there.add(image);
    return Promise.resolve();
  };
  const host: Host = {
    name: "alpha",
    docker: ["docker"],
    compose: ["docker", "compose"],
    run,
    putTree: () => Promise.resolve(),
    readFiles: () => Promise.resolve(new Map()),
    ...(carries && { carryImages }),
  };
  return { host, pulls };
}

const answer = (finished: Partial<Finished>): Promise<Finished> =>
  Promise.resolve({ code: 0, stdout: "", stderr: "", ...finished });

test("an image of a registry is pulled there, with a login that no argument has", async () => {
  const { host, pulls } = trial();
  await ensureImages(host, inputs(PIN, LOGIN), log);
  expect(pulls.map(({ command }) => command.slice(4))).toEqual([[PIN, "docker"]]);
  expect(JSON.stringify(pulls[0]?.command)).not.toContain(LOGIN.password);
  const auth = Buffer.from("sites:a-token-of-the-sites").toString("base64");
  expect(pulls[0]?.options?.input).toBe(`{"auths":{"registry.test":{"auth":"${auth}"}}}`);
});

test("Docker's own registry is logged in to under its other name", () => {
  const names = (config: object) => Object.keys(Object.values(config)[0] as object);
  expect(names(dockerConfig({ ...LOGIN, host: "docker.io" }))).toEqual(["https://index.docker.io/v1/"]);
  expect(dockerConfig(undefined)).toEqual({ auths: {} });
});

test("an image without a registry is carried, and it must be the same one then", async () => {
  const { host, pulls } = trial();
  await ensureImages(host, inputs(ID), log);
  expect(pulls).toEqual([]);
  await expect(ensureImages(trial({}, { taken: false }).host, inputs(ID), log)).rejects.toThrow(
    `The image ${ID} is not on alpha, though they were carried there: its Docker knows them by other ids`,
  );
});

test("on this machine such an image must be there", async () => {
  await expect(ensureImages(trial({}, { carries: false }).host, inputs(ID), log)).rejects.toThrow(
    `The image ${ID} is not on alpha. Build the images first`,
  );
});

test("what a release no longer uses is removed, but for what was built on this machine", async () => {
  const removed = async (image: string, carries: boolean, now = "mail/keeper:2"): Promise<unknown[]> => {
    const ran: (readonly string[])[] = [];
    const { host } = trial({}, { carries });
    const run: Host["run"] = (command) => {
      ran.push(command);
      return answer({ code: 1, stderr: "it is used by a container" });
    };
    await removeImages({ ...host, run }, inputs(image), inputs(now));
    return ran.map((command) => command.join(" "));
  };
  expect(await removed(ID, true)).toEqual([`docker image rm ${ID}`]);
  expect(await removed(ID, false)).toEqual([]);
  expect(await removed(PIN, false)).toEqual([`docker image rm ${PIN}`]);
  expect(await removed(PIN, true, PIN)).toEqual([]);
});

describe("a registry that", () => {
  const cases: [string, string, string][] = [
    ["asks for a login", "Head https://x: no basic auth credentials", "does not let alpha pull"],
    ["does not believe the login", "unauthorized: authentication required", "as sites: see `images.user`"],
    ["does not show it", "pull access denied for x, repository does not exist", "does not let alpha pull"],
    ["has lost it", "manifest unknown: manifest unknown", "`npm run images -- push <stack>`"],
    ["is down", "dial tcp 127.0.0.1:1: connect: connection refused", "does not answer alpha"],
    ["is a name of nobody", "dial tcp: lookup registry.test: no such host", "does not answer alpha"],
    ["is slow", "net/http: request canceled (Client.Timeout exceeded)", "does not answer alpha"],
    ["is somebody else", "x509: certificate signed by unknown authority", "does not prove to alpha"],
    ["speaks in plain", "http: server gave HTTP response to HTTPS client", "does not prove to alpha"],
    ["fails", "something new", "could not be pulled to alpha"],
  ];
  test.each(cases)("%s is told of", async (_, stderr, sentence) => {
    const pulled = ensureImages(trial({ code: 1, stderr }).host, inputs(PIN, LOGIN), log);
    await expect(pulled).rejects.toThrow(sentence);
    await expect(pulled).rejects.toThrow("Nothing was changed there.");
    await expect(pulled).rejects.toThrow(stderr);
  });
});
