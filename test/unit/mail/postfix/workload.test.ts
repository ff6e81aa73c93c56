import { describe, expect, test } from "vitest";
import { mxWorkload, submissionWorkload } from "../../../../components/mail/postfix/workload.ts";
import { isSecret, resolveText } from "../../../../components/plan/text.ts";
import { alpha, alphaSigningTwice, siteWith } from "../site-context.ts";

const readiness = (workload: ReturnType<typeof mxWorkload>) => workload.keeper.ready?.map(({ name }) => name);

test("the mx is ready whatever its dependencies do, so that senders hear a true 4xx", () => {
  expect(readiness(mxWorkload(alpha))).toEqual([]);
});

test("the submission server is ready only with all that it needs, the login among it", () => {
  // The edge asks for the check named "login" by itself: without it Postfix hangs up without a word.
  expect(readiness(submissionWorkload(alpha))).toEqual(["rspamd", "filter", "opendkim", "login", "directory"]);
});

test("it is ready only with both signers where there are two", () => {
  expect(readiness(submissionWorkload(alphaSigningTwice))).toEqual([
    "rspamd",
    "filter",
    "opendkim-ed25519",
    "opendkim",
    "login",
    "directory",
  ]);
});

test.each([
  [500, 500],
  [5000, 1000],
])("with %i recipients a day for a user, a message has %i at most, for it could never be sent to more", (an, most) => {
  const site = siteWith({ mail: { ...alpha.mail, recipientsPerUserPerDay: an } });
  const main = resolveText(submissionWorkload(site).files["main.cf"] ?? "", () => "");
  expect(main).toContain(`\nsmtpd_recipient_limit = ${most}\n`);
});

describe.each([mxWorkload(alphaSigningTwice), submissionWorkload(alphaSigningTwice)])(
  "$name",
  ({ name, files, volumes }) => {
    test("passes two signers, and the RSA signature ends on top", () => {
      const main = resolveText(files["main.cf"] ?? "", () => "").replaceAll(/\n +/g, " ");
      const both = "unix:/run/milter/opendkim-ed25519/opendkim.sock unix:/run/milter/opendkim/opendkim.sock";
      expect(main).toContain(`\nnon_smtpd_milters = ${both}\n`);
      expect(/\nsmtpd_milters = (.*)\n/.exec(main)?.[1]).toBe(
        `${name === "submission" ? `${both} ` : ""}unix:/run/milter/rspamd/rspamd.sock`,
      );
      expect(volumes).toContainEqual({
        volume: "milter-opendkim-ed25519",
        path: "/run/milter/opendkim-ed25519",
        readOnly: true,
      });
    });
  },
);

describe.each([mxWorkload(alpha), submissionWorkload(alpha)])("$name", (workload) => {
  test("keeps its key a secret and all else readable", () => {
    const secrets = Object.entries(workload.files).filter(([, text]) => isSecret(text));
    expect(secrets.map(([file]) => file)).toEqual(["site.key"]);
  });

  test("waits for a certificate and reloads with a renewed one", () => {
    expect(workload.keeper.prepare).toContainEqual(["test", "-s", "/certs/site.pem"]);
    expect(workload.keeper.watch).toContain("/certs");
  });

  test("has a queue of its own that outlives it", () => {
    expect(workload.volumes).toContainEqual({
      volume: `queue-${workload.name}`,
      path: "/var/spool/postfix",
      readOnly: false,
    });
  });

  test("is not probed through the listener that filters, signs and asks for logins", () => {
    const master = resolveText(workload.files["master.cf"] ?? "", () => "");
    const probed = workload.keeper.probe?.checks.flatMap((check) => ("address" in check ? [check.address] : []));
    expect(probed).toHaveLength(1);
    expect(master).toMatch(new RegExp(`^${String(probed)} .*\\n(?: .*\\n)* .*smtpd_client_restrictions = reject`, "m"));
  });
});

test("each egress address that differs from the ingress must be there as well", () => {
  const site = siteWith({ egress: { v4: "198.51.100.21", v6: undefined } });
  expect(mxWorkload(site).keeper.requireAddresses).toEqual(["198.51.100.11", "198.51.100.21"]);
});
