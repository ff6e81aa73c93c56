/** DNS blocklists (RFC 5782): what the MX asks them, and what it makes of their answers. */
import { concat, type Text } from "../../plan/text.ts";

/** A list, and what it is asked about. */
export interface Blocklist {
  readonly zone: string;
  readonly about: readonly BlocklistSubject[];
  /** Answers that mean "listed", in Postfix's notation, such as `127.0.0.[2..11]`. */
  readonly answers: string;
  /** The operator gives each customer a name of its own below the zone; it is a secret. */
  readonly keyed: boolean;
}

/** The client's address, or the domain of the sender, of the HELO name, of the client's name in reverse DNS. */
export type BlocklistSubject = "client" | "sender" | "helo" | "reverseName";

const RESTRICTION: Readonly<Record<BlocklistSubject, string>> = {
  client: "reject_rbl_client",
  sender: "reject_rhsbl_sender",
  helo: "reject_rhsbl_helo",
  reverseName: "reject_rhsbl_reverse_client",
};

/** What operators answer instead of a verdict: asked through a public resolver, too often, or with a wrong key. */
const NO_VERDICT = "127.255.255.[0..255]";

/** Somebody who is listed must be able to ask why: RFC 5321 section 4.5.1, RFC 2142 section 4. */
const REACHABLE = "check_recipient_access inline:{ {postmaster@ = OK}, {abuse@ = OK} }";

/**
 * Restrictions for `smtpd_recipient_restrictions`, one an entry. An answer that is no verdict makes a line in the log and
 * no more; Postfix asks each name once a session, so that costs nothing. A list that does not answer is passed over.
 */
export function blocklistRestrictions(lists: readonly Blocklist[]): string[] {
  const asked = lists.flatMap((list) =>
    list.about.flatMap((subject) => {
      const name = list.keyed ? `${KEY_MARK}${list.zone}${KEY_MARK}.${list.zone}` : list.zone;
      const restriction = RESTRICTION[subject];
      return [`warn_if_reject ${restriction} ${name}=${NO_VERDICT}`, `${restriction} ${name}=${list.answers}`];
    }),
  );
  return asked.length === 0 ? [] : [REACHABLE, ...asked];
}

/** Parameters that the lists need. With a key in its name, a list is not named to those who are refused, nor in the log. */
export function blocklistParameters(lists: readonly Blocklist[]): Readonly<Record<string, string>> {
  return lists.some(({ keyed }) => keyed)
    ? {
        default_rbl_reply: "$rbl_code Service unavailable; $rbl_class [$rbl_what] is listed${rbl_reason?; $rbl_reason}",
      }
    : {};
}

/** Lines of Postfix and of the resolver with a list's whole name, when it does not answer. They would show the key. */
export function blocklistQuiet(lists: readonly Blocklist[]): string[] {
  return lists
    .filter(({ keyed }) => keyed)
    .map(({ zone }) => `\\.${zone.replaceAll(".", "\\.")}\\b`)
    .map((name) => `${name}: RBL lookup error: |SERVFAIL <.*${name}`);
}

/** Around a list's zone: its key belongs here. No configuration has this character. */
const KEY_MARK = "\0";

/** Puts references to the keys in their places; the text is a secret then. */
export function withBlocklistKeys(text: Text): Text {
  const parts = typeof text === "string" ? [text] : text;
  return concat(
    ...parts.flatMap((part): Text[] => {
      if (typeof part !== "string") return [[part]];
      return part
        .split(KEY_MARK)
        .map((piece, index) => (index % 2 === 0 ? piece : [{ ref: "blocklistKey", zone: piece }]));
    }),
  );
}
