/** Cases for the rules about mail on its way to somebody: that it is filtered, is read, and is kept. */
import { UNKNOWN } from "../../../support/policy.ts";
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, inFile, inService, inWorkload } from "../../../support/slips.ts";
import { directory, main, master, unknownDirectory, unknownFile } from "../slips.ts";

export const deliveryCases: Readonly<Record<string, RuleCases>> = {
  "require-milter-tempfail": {
    refuses: [
      [
        "mail that passes unfiltered, told of the probe's listener too",
        all(main("mx", "= tempfail", "= accept"), master("mx", "milter_default_action = tempfail")),
        "main.cf has milter_default_action = accept; set it to tempfail.",
      ],
      ["no milters", main("mx", /^(milter_default|smtpd_milters).*\n/, ""), "127.0.0.1:10025 has no milters"],
      [
        "a listener without milters",
        master("mx", "smtpd_milters ="),
        "127.0.0.1:10025 has no milters, so what comes in",
      ],
      [
        "clients whose mail passes the milters by, told of the probe's listener too",
        all(
          main("mx", /^mynetworks =$/, "mynetworks =\nsmtpd_milter_maps = cidr:{ {0.0.0.0/0 DISABLE} }"),
          master("mx", "smtpd_milter_maps ="),
        ),
        "main.cf has smtpd_milter_maps, by which some clients' mail passes without a milter; take it out.",
      ],
      [
        "a listener that lets pass",
        master("mx", "milter_default_action = accept"),
        "127.0.0.1:10025 has milter_default_action = accept",
      ],
      [
        "a milter that lets pass",
        all(
          main("mx", /^smtpd_milters.*$/, "smtpd_milters = { inet:rspamd:11332, default_action=accept }"),
          master("mx", "smtpd_milters = inet:rspamd:11332"),
        ),
        "main.cf has the milter { inet:rspamd:11332, default_action=accept }; its action must be tempfail.",
      ],
    ],
    accepts: [
      [
        "no milters where other sites' filtered mail comes in",
        all(
          main("mx", /^(milter_default|smtpd_milters).*\n/, ""),
          inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "127.0.0.1:10026"),
        ),
      ],
    ],
    unknown: [unknownFile("mx", "main.cf")],
  },
  "require-role-addresses": {
    refuses: [
      [
        "a role without an alias",
        directory("abuse@example.org", "misuse@example.org"),
        "mailkeep-test-alpha: abuse@example.org reaches nobody",
      ],
      [
        "a role that is thrown away",
        directory('"targets":["ann@elsewhere.example"]', '"discard":true'),
        "abuse@example.org reaches nobody",
      ],
      [
        "roles that lead to each other, of which one is asked for",
        directory('"targets":["ann@elsewhere.example"]', '"targets":["abuse@example.org"]'),
        "abuse@example.org reaches nobody",
      ],
      [
        "a target that does not exist",
        directory("ann@elsewhere.example", "nobody@example.org"),
        "abuse@example.org reaches nobody",
      ],
    ],
    accepts: [
      ["an alias domain of one that has them", directory('"catchAll":["ann@example.org"]', '"aliasOf":"example.org"')],
      ["fewer roles", directory("abuse@example.org", "misuse@example.org"), { config: { roles: ["postmaster"] } }],
    ],
    unknown: [unknownDirectory],
  },
  "require-durable-mail-storage": {
    refuses: [
      [
        "a queue in the container",
        inService("alpha", "mx", { volumes: [] }),
        "workload mx: the queue, /var/spool/postfix, lies in the container; mount a writable volume of kind mail there.",
      ],
      [
        "mail on a volume that goes with the release",
        inService("alpha", "dovecot", { volumes: ["scratch:/srv/mail"] }),
        "workload dovecot: the mail, /srv/mail, lies on scratch (state)",
      ],
      [
        "a directory on a folder of the host",
        inService("alpha", "couchmail", { volumes: ["/srv/x:/var/lib/couchmail"] }),
        "workload couchmail: the directory, /var/lib/couchmail, lies on /srv/x (bind)",
      ],
      [
        "mail that cannot be written",
        inService("alpha", "dovecot", { volumes: ["mail:/srv/mail:ro"] }),
        "the mail, /srv/mail, lies on mail (mail, read-only)",
      ],
      [
        "a queue in memory below the volume",
        inService("alpha", "mx", {
          volumes: ["queue-mx:/var", { type: "tmpfs", target: "/var/spool/postfix" }],
        }),
        "the queue, /var/spool/postfix, lies on  (tmpfs)",
      ],
      [
        "another folder for the queue",
        main("mx", /^queue_directory.*$/, "queue_directory = /tmp/queue"),
        "the queue, /tmp/queue, lies in the container",
      ],
    ],
    accepts: [
      ["a volume at a folder above", inService("alpha", "dovecot", { volumes: ["mail:/srv"] })],
      [
        "another folder for mail",
        all(
          inService("alpha", "dovecot", { volumes: ["mail:/var/mail"] }),
          inService("bravo", "dovecot", { volumes: ["mail:/var/mail"] }),
        ),
        { config: { mailFolder: "/var/mail" } },
      ],
    ],
    unknown: [inWorkload("alpha", "mx", (inputs) => ({ ...inputs, service: UNKNOWN }))],
  },
};
