/** How long a certificate is valid, and when it is time for the next one. */
import { wholeNumber } from "../protocol/kind.ts";
import type { Properties } from "../protocol/values.ts";

const HOUR_MILLISECONDS = 3_600_000;

/** From when until when it is valid. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** From now on for `validityPeriodHours`. Certificates count in whole seconds. */
export function validityFrom(inputs: Properties, now: Date): Validity {
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return {
    notBefore,
    notAfter: new Date(notBefore.getTime() + wholeNumber(inputs, "validityPeriodHours") * HOUR_MILLISECONDS),
  };
}

/** The outputs that tell of it; times as RFC 3339 writes them. */
export function validityOutputs(inputs: Properties, validity: Validity): Properties {
  const state = { ...inputs, validityEndTime: rfc3339(validity.notAfter) };
  return {
    validityStartTime: rfc3339(validity.notBefore),
    validityEndTime: state.validityEndTime,
    readyForRenewal: readyForRenewal(state, validity.notBefore),
  };
}

/** Whether a certificate is past its end, or within `earlyRenewalHours` of it. */
export function readyForRenewal(state: Properties, now: Date): boolean {
  const end = Date.parse(String(state["validityEndTime"]));
  const early = state["earlyRenewalHours"];
  return now.getTime() >= end - (typeof early === "number" ? early : 0) * HOUR_MILLISECONDS;
}

/** What every kind of certificate does about time. */
export const ages = {
  refresh: (state: Properties, now: Date): Properties => ({ readyForRenewal: readyForRenewal(state, now) }),
  expired: (state: Properties, now: Date): string | undefined => {
    return readyForRenewal(state, now) ? "readyForRenewal" : undefined;
  },
};

/** What must hold for the numbers of hours. */
export function validityProblems(inputs: Properties): Record<string, string> {
  return Object.fromEntries(
    ["validityPeriodHours", "earlyRenewalHours"]
      .filter((name) => inputs[name] !== undefined && !isHours(inputs[name]))
      .map((name) => [name, `${name} must be a whole number of hours, zero or more.`]),
  );
}

function isHours(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
