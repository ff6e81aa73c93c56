/** Cases for the rule against open relays. */
import type { RuleCases } from "../../../support/rule-cases.ts";
import { all, type Change, inFile } from "../../../support/slips.ts";
import { main, master, unknownFile } from "../slips.ts";

export const openRelayCases: Readonly<Record<string, RuleCases>> = {
  "disallow-open-relay": {
    refuses: [
      [
        "a network that is trusted",
        main("mx", /^mynetworks =$/, "mynetworks = 10.77.1.0/24"),
        "mailkeep-test-alpha, workload mx: 127.0.0.1:10025 has 10.77.1.0/24 in mynetworks, which may then relay; take it out.",
      ],
      ["all of IPv6", main("mx", /^mynetworks =$/, "mynetworks = 127.0.0.0/8, [::]/0"), "has [::]/0 in mynetworks"],
      ["Postfix's own choice of networks", main("mx", /^mynetworks =\n/, ""), "main.cf does not set mynetworks"],
      [
        "a domain of others",
        main("mx", /^relay_domains =$/, "relay_domains = elsewhere.example"),
        "takes in mail for elsewhere.example (relay_domains)",
      ],
      [
        "everybody",
        main("mx", "reject_unauth_destination", "permit"),
        "127.0.0.1:10025 relays for strangers: it has permit; put reject_unauth_destination in front.",
      ],
      [
        "everybody, by a listener's own option",
        master("mx", "smtpd_relay_restrictions = permit_mynetworks, permit"),
        "127.0.0.1:10025 relays for strangers: it has permit",
      ],
      ...[
        ["PERMIT, reject_unauth_destination", "it has permit"],
        ["check_policy_service inet:127.0.0.1:1, reject_unauth_destination", "check_policy_service may say OK"],
        ["${myhostname?permit}, reject_unauth_destination", "of which no rule knows what it says"],
        ["friends, reject_unauth_destination", "it has friends, of which no rule knows what it says"],
        ["friends, reject\nsmtpd_restriction_classes = friends\nfriends = permit", "it has permit"],
        ["hash:/etc/friends, reject", "it has hash:/etc/friends, of which no rule knows what it says"],
        ["reject_rbl_client reject", "nothing in smtpd_relay_restrictions refuses"],
      ].map(([list = "", says = ""]): [string, Change, string] => [
        `what strangers may pass by: ${list}`,
        main("mx", "= reject_unauth_destination", `= ${list}`),
        says,
      ]),
      ...["-osmtpd_relay_restrictions=permit", "-o\n      smtpd_relay_restrictions=permit"].map(
        (option): [string, Change, string] => [
          `everybody, by ${JSON.stringify(option)}`,
          inFile("alpha", "mx", "master.cf", /haproxy \}$/, `haproxy }\n    ${option}`),
          "127.0.0.1:10025 relays for strangers: it has permit",
        ],
      ),
      [
        "everybody, behind a table of its own",
        master("mx", "smtpd_relay_restrictions = permit_mynetworks, reject_x inline:{ {a = {b}} }, permit, reject"),
        "it has inline:{ {a = {b}} }, of which no rule knows what it says",
      ],
      ...["mydestination", "virtual_alias_domains", "virtual_mailbox_domains"].map((key): [string, Change, string] => [
        `every domain as its own, by ${key}`,
        main("mx", /^mynetworks =$/, `mynetworks =\n${key} = club.example, static:all`),
        `127.0.0.1:10025 takes for its own whatever domain static:all has (${key}); name the domains.`,
      ]),
      ...["qmqpd", "spawn user=nobody argv=/bin/sh"].map((command): [string, Change, string] => [
        `a listener of ${command}`,
        inFile("alpha", "mx", "master.cf", /^pickup /, `628 inet n - n - - ${command}\npickup `),
        `master.cf has 628 with ${command.split(" ")[0] ?? ""}, of which no rule knows whom it serves; take it out.`,
      ]),
      [
        "anyone with a certificate",
        main("mx", "reject_unauth_destination", "permit_tls_all_clientcerts, reject"),
        "it has permit_tls_all_clientcerts",
      ],
      [
        "whom a table names, in front of the refusal",
        main("mx", "= reject_unauth", "= check_client_access hash:/x, reject_unauth"),
        "check_client_access may say OK",
      ],
      [
        "a refusal that only warns",
        main("mx", "= reject_unauth", "= warn_if_reject reject_unauth"),
        "nothing in smtpd_relay_restrictions refuses",
      ],
      [
        "a list without an end",
        main("mx", "= reject_unauth_destination", "= permit_mynetworks"),
        "nothing in smtpd_relay_restrictions",
      ],
      ["no list at all", main("mx", "= reject_unauth_destination", "="), "nothing in smtpd_relay_restrictions refuses"],
      [
        "sites that are named, where strangers are led",
        main("mx", "= reject_unauth_destination", "= check_client_access inline:{ {192.0.2.12 = permit} }, reject"),
        "127.0.0.1:10025 relays for strangers: check_client_access may say OK",
      ],
      ...["192.0.2.0/24", ".example.net", "192"].map((client): [string, Change, string] => [
        `${client}, which is more than one site, where the link leads`,
        all(
          inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "127.0.0.1:10026"),
          main("mx", "= reject_unauth_destination", `= check_client_access inline:{ {${client} = permit} }, reject`),
        ),
        "127.0.0.1:10026 relays for strangers: check_client_access may say OK",
      ]),
      [
        "a site's listener on every address",
        all(
          inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "10026"),
          main("mx", "= reject_unauth_destination", "= check_client_access inline:{ {192.0.2.12 = permit} }, reject"),
        ),
        "10026 relays for strangers: check_client_access may say OK",
      ],
      [
        "a parameter that stands for everybody",
        main("mx", "= reject_unauth_destination", "= $mine\nmine = permit"),
        "it has permit",
      ],
    ],
    accepts: [
      [
        "sites that are named, where the link alone leads",
        all(
          inFile("alpha", "mx", "master.cf", "127.0.0.1:10025", "127.0.0.1:10026"),
          main(
            "mx",
            "= reject_unauth_destination",
            "= $carry\ncarry = check_client_access inline:{ {192.0.2.12 = permit} }, reject",
          ),
        ),
      ],
      [
        "refusals and lookups in front of the last word",
        main(
          "mx",
          "= reject_unauth_destination",
          "= REJECT_unknown_client_hostname, reject_rbl_client zen.example, sleep 1, friends, Reject\n" +
            "smtpd_restriction_classes = friends\nfriends = permit_auth_destination",
        ),
      ],
      ["loopback", main("mx", /^mynetworks =$/, "mynetworks = 127.0.0.0/8 [::1]/128")],
      ["Postfix's own restrictions", main("mx", /^smtpd_relay_restrictions.*\n/, "")],
      [
        "the refusal among the recipient restrictions",
        main(
          "mx",
          /^smtpd_relay_restrictions.*$/,
          "smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = reject_unauth_destination, permit",
        ),
      ],
      [
        "a network and a domain that are listed",
        all(
          main("mx", /^mynetworks =$/, "mynetworks = 10.9.0.0/24"),
          main("mx", /^relay_domains =$/, "relay_domains = partner.example"),
        ),
        { config: { networks: ["10.9.0.0/24"], relayDomains: ["partner.example"] } },
      ],
    ],
    unknown: [unknownFile("mx", "main.cf")],
  },
};
