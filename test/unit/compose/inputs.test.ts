import { describe, expect, test } from "vitest";
import { checkInputs, parseInputs, propertyPath } from "../../../providers/compose/inputs.ts";
import type { PlainObject } from "../../../providers/compose/values.ts";
import { secret, UNKNOWN, unwrapSecrets } from "../../../providers/compose/values.ts";
import { release, withMx } from "./inputs.fixture.ts";

const failuresOf = (inputs: PlainObject): string[] =>
  checkInputs(inputs).failures.map(({ property, reason }) => `${property}: ${reason}`);

describe("inputs", () => {
  test("that are right have no failures, and their secret files are marked", () => {
    const { inputs, failures } = checkInputs(release);
    expect(failures).toEqual([]);
    expect(unwrapSecrets(inputs)).toEqual(release);
    expect(inputs).toMatchObject({ workloads: { mx: { secretFiles: { "site.key": secret("secret text") } } } });
  });

  test("mark the key to another machine, known or not", () => {
    const connection = {
      address: "203.0.113.7",
      port: 22,
      user: "root",
      hostKey: "ssh-ed25519 AAAA",
      identity: "the key",
    };
    expect(checkInputs({ ...release, connection })).toMatchObject({
      inputs: { connection: { identity: secret("the key") } },
      failures: [],
    });
    const unknown = { ...connection, address: UNKNOWN, identity: UNKNOWN };
    expect(checkInputs({ ...release, connection: unknown }).failures).toEqual([]);
    expect(failuresOf({ ...release, connection: { ...connection, address: "-oProxyCommand=x", user: "a b" } })).toEqual(
      ["connection.address: must be an address or a host name", "connection.user: must be the name of a user there"],
    );
  });

  test("mark the registry's password", () => {
    const registry = { host: "registry.example.org:5000", user: "sites", password: "a token" };
    expect(checkInputs({ ...release, registry })).toMatchObject({
      inputs: { registry: { host: "registry.example.org:5000", password: secret("a token") } },
      failures: [],
    });
    expect(failuresOf({ ...release, registry: { ...registry, host: "https://registry" } })).toEqual([
      "registry.host: must be a host name, with a port or without",
    ]);
  });

  test("get their defaults", () => {
    const { project, directory, workloads } = release;
    const { inputs, failures } = checkInputs({ project, directory, workloads: { net: workloads["net"] ?? {} } });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ networks: {}, volumes: {}, waitSeconds: 120 });
  });

  test("may be unknown in a preview, in whole or in part", () => {
    expect(failuresOf({ ...release, directory: UNKNOWN })).toEqual([]);
    expect(failuresOf({ ...release, waitSeconds: UNKNOWN })).toEqual([]);
    expect(failuresOf({ ...release, workloads: UNKNOWN })).toEqual([]);
    expect(failuresOf(withMx((mx) => ({ ...mx, secretFiles: { "site.key": UNKNOWN } })))).toEqual([]);
  });

  test("that are wrong are all named at once", () => {
    expect(
      failuresOf({
        ...release,
        project: "Not This",
        directory: "/srv",
        volumes: { queue: { name: "q", kind: "x", uid: 0, mode: "755" } },
      }),
    ).toEqual([
      "project: must be a Compose project name: lower-case letters, digits, '-', '_'",
      "directory: must be an absolute path at least two folders deep",
      'volumes.queue.kind: Invalid option: expected one of "mail"|"state"|"memory"',
      "volumes.queue.mode: must be an octal mode such as 0750",
    ]);
    expect(failuresOf({})).toEqual(["project: is missing", "directory: is missing", "workloads: is missing"]);
  });

  test.each(["../x", "/etc/passwd", "a/../b", "a//b", "a b", "$HOME", "", "a/", ".", "a\nb"])(
    "refuse the path %j",
    (path) => {
      const reason = "must be a relative path such as conf/main.cf";
      expect(failuresOf(withMx((mx) => ({ ...mx, files: { [path]: "" } })))).toEqual([
        `${propertyPath(["workloads", "mx", "files", path])}: ${reason}`,
      ]);
    },
  );

  test.each([".hidden", "a.b/c-d/e_f", "a..b", "keeper.json"])("take the path %j", (path) => {
    expect(failuresOf(withMx((mx) => ({ ...mx, files: { [path]: "" } })))).toEqual([]);
  });

  test("must fit together", () => {
    const wrong = withMx((mx) => ({
      ...mx,
      service: { network_mode: "service:gone", volumes: [{ type: "volume", source: "other", target: "/x" }] },
      files: { "site.key": "x" },
      mounts: { "/etc/resolv.conf": "resolv.conf" },
    }));
    expect(failuresOf(wrong)).toEqual([
      "workloads.mx.service.image: must name an image",
      'workloads.mx.secretFiles["site.key"]: is in files too; keep it in one of the two',
      'workloads.mx.mounts["/etc/resolv.conf"]: names resolv.conf, which is not among its files',
      "workloads.mx.service.network_mode: shares the network of gone, which is not a workload of this release",
      "workloads.mx.service.volumes: mounts other, which is not among the release's volumes",
    ]);
  });

  test("are found among the outputs that the engine keeps with them", () => {
    expect(parseInputs({ ...release, hashes: {}, services: {} })).toEqual(release);
  });
});
