/** Where mail of the hosted domains goes: what Postfix asks, and whom. */
import { domainToUnicode } from "node:url";
import { PORT } from "../../plan/ports.ts";
import { concat } from "../../plan/text.ts";
import { originDomain, type PostfixSite } from "./common.ts";
import type { Section } from "./text.ts";

/** A table of the directory, by way of the edge, which answers "temporary" at once while the directory is away. */
export const lookup = (port: number): string => `tcp:127.0.0.1:${port}`;

/**
 * PostSRSd's table of rewritten senders, asked about what looks like one and nothing else: other mail goes on without
 * PostSRSd, and does not wait for it twice a message.
 */
function rewrittenSenders(domain: string): string {
  const ours = `/^(srs[01][-+=].*@${domain.replaceAll(".", "\\.")})$$/`;
  // A pipemap_table asks its second table about what the first one has answered. $$ is a $ that main.cf does not expand.
  return `pipemap:{ regexp:{ { ${ours} $$1 } }, ${lookup(PORT.srsReverse)} }`;
}

/** Hosted domains as they stand in DNS, and as SMTPUTF8 mail may spell them (RFC 6531 section 3.2). */
function hostedNames({ domains }: PostfixSite): readonly string[] {
  return [...new Set(domains.flatMap((name) => [name, domainToUnicode(name)]))];
}

/** Where mail of the hosted domains goes. Only `mailbox` addresses are delivered; nothing is local to the container. */
export function directory(site: PostfixSite): Section {
  const origin = originDomain(site);
  // The site's own name and address literals take mail for their postmaster (RFC 5321 section 4.5.1), and for whom one complains
  // to (RFC 2142 section 2), alone.
  const { v4, v6 } = site.publicAddresses;
  const literals = [concat("[", v4, "]"), ...(v6 === undefined ? [] : [concat("[IPv6:", v6, "]")])];
  // So does the domain of rewritten senders, whose other addresses are read by PostSRSd before.
  const names = [...(site.domains.includes(site.hostname) ? [] : [site.hostname]), site.srs.domain];
  const aliases = [...names, ...literals].flatMap((name, index) => [
    concat(index === 0 ? "" : ", ", "{postmaster@", name, ` = postmaster@${origin}}`),
    concat(", ", "{abuse@", name, ` = abuse@${origin}}`),
  ]);
  return {
    title:
      "Where mail goes. The directory answers for every address of the hosted domains; a failed lookup is 4xx.\nThe server has no users of its own.",
    parameters: {
      // From the settings, to which domains belong: asking the directory for them would make the queue wait for it.
      virtual_mailbox_domains: hostedNames(site),
      virtual_mailbox_maps: lookup(PORT.directoryMailbox),
      virtual_alias_domains: names.join(", "),
      virtual_alias_maps: [{ late: concat("inline:{ ", ...aliases, " }") }, lookup(PORT.directoryAlias)],
      // A rewritten sender that is not signed by us stays what it is, and is unknown: 550 before DATA.
      recipient_canonical_maps: rewrittenSenders(site.srs.domain),
      recipient_canonical_classes: "envelope_recipient",
      // The edge knows which maildrop is ready. A name here would be a bounce when it does not resolve for a moment.
      virtual_transport: `lmtp:inet:[127.0.0.1]:${PORT.lmtp}`,
      transport_maps: "inline:{ {discard.invalid = discard:} }",
      mydestination: "",
      relay_domains: "",
      local_transport: "error:5.1.1 There are no mailboxes on this host",
      // Without a table any name at an address literal of ours would be taken and bounced afterwards.
      local_recipient_maps: "inline:{ {none.invalid = none} }",
      alias_maps: "",
      alias_database: "",
      fast_flush_domains: "",
      lmtp_connect_timeout: "5s",
      // A connection that the edge took just when the maildrop's site died may stay silent; with Postfix's own five minutes
      // a few of those held up all deliveries.
      lmtp_lhlo_timeout: "15s",
      lmtp_mail_timeout: "30s",
      lmtp_rcpt_timeout: "30s",
      lmtp_data_init_timeout: "30s",
      // A long line stays what it is: a signature may be over it.
      lmtp_line_length_limit: 0,
    },
  };
}
