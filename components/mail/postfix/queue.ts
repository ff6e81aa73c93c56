/** How long mail waits for a far side that does not take it (RFC 5321 section 4.5.4.1), and who hears of it. */
import type { QueueTimes } from "../../plan/context.ts";
import { CONF } from "../../plan/workload.ts";
import type { Section } from "./text.ts";

/** Nearly all mail of an MX goes to a maildrop of ours, and should not wait long for one that is back. */
const MX_FIRST_RETRY_SECONDS = 30;
const MX_LONGEST_RETRY_MINUTES = 15;

/** A notice that could not be delivered has nobody to go back to, so it need not be kept as long as mail. */
const NOTICE_LIFETIME_MINUTES = 24 * 60;

/** The queue of port 25. */
export function mxQueue(times: QueueTimes): Section {
  return {
    title: "The queue. A stranger is never told of a delay, only of a failure.",
    parameters: {
      ...retries(
        Math.min(times.firstRetrySeconds, MX_FIRST_RETRY_SECONDS),
        Math.min(times.longestRetryMinutes, MX_LONGEST_RETRY_MINUTES),
      ),
      ...lifetimes(times),
      delay_warning_time: 0,
    },
  };
}

/** Users' mail to each other passes here too, so its first retries are soon as well. */
export function submissionQueue(times: QueueTimes): Section {
  return {
    title: "The queue. A sender hears of a delay, of its good end, and of a bad one.",
    parameters: {
      ...retries(times.firstRetrySeconds, times.longestRetryMinutes),
      ...lifetimes(times),
      delay_warning_time: `${times.delayWarningMinutes}m`,
      confirm_delay_cleared: true,
      bounce_template_file: `${CONF}/bounce.cf`,
    },
  };
}

const retries = (firstSeconds: number, longestMinutes: number) => ({
  queue_run_delay: `${firstSeconds}s`,
  minimal_backoff_time: `${firstSeconds}s`,
  maximal_backoff_time: `${longestMinutes}m`,
});

const lifetimes = ({ lifetimeMinutes }: QueueTimes) => ({
  maximal_queue_lifetime: `${lifetimeMinutes}m`,
  bounce_queue_lifetime: `${Math.min(lifetimeMinutes, NOTICE_LIFETIME_MINUTES)}m`,
});
