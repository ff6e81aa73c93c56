/** What a sender reads about a message that waits: bounce(5). The other notices are Postfix's own. */
import type { QueueTimes } from "../../plan/context.ts";

/**
 * `bounce.cf`.
 *
 * Postfix's own text gives the delay in whole hours and the end in whole days, so a shorter time would be "0 hours".
 */
export function bounceTemplates({ delayWarningMinutes, lifetimeMinutes }: QueueTimes): string {
  return `delay_template = <<EOF
Charset: utf-8
From: MAILER-DAEMON (Mail Delivery System)
Subject: Delayed Mail (still being retried)
Postmaster-Subject: Postmaster Warning: Delayed Mail

This is the mail system at host $myhostname.

Your message has been waiting for more than ${inWords(delayWarningMinutes)}: the servers named
below have not taken it yet. You need not send it again. It is tried until it
is ${inWords(lifetimeMinutes)} old, and you will be told how it ended.

For further assistance, please send mail to postmaster.

                   The mail system
EOF
`;
}

const UNITS = [
  { name: "day", minutes: 24 * 60 },
  { name: "hour", minutes: 60 },
  { name: "minute", minutes: 1 },
];

/** A time in the largest unit that it is a multiple of. */
function inWords(minutes: number): string {
  const unit = UNITS.find((one) => minutes % one.minutes === 0 && minutes >= one.minutes);
  const count = minutes / (unit?.minutes ?? 1);
  return `${count} ${unit?.name ?? "minute"}${count === 1 ? "" : "s"}`;
}
