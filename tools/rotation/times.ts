/** Moments and spans in words. */

/** `2026-05-01 12:00 UTC`; what has not passed yet is rounded up. */
export function moment(date: Date): string {
  const minute = new Date(Math.ceil(date.getTime() / 60_000) * 60_000);
  return `${minute.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const UNITS = [
  { name: "d", seconds: 86_400 },
  { name: "h", seconds: 3600 },
  { name: "min", seconds: 60 },
] as const;

/** Such as `21 d`, `3 h` or `12 min`, rounded down. */
export function span(seconds: number): string {
  const unit = UNITS.find((one) => seconds >= one.seconds);
  return unit === undefined ? "less than a minute" : `${Math.floor(seconds / unit.seconds)} ${unit.name}`;
}

/** @param moment ISO 8601 */
export function after(moment: string, seconds: number): Date {
  return new Date(Date.parse(moment) + seconds * 1000);
}
