/** Moments as the state has them: ISO 8601 in UTC with milliseconds, so that they compare as texts. */

export function timeAfter(moment: string, seconds: number): string {
  return new Date(Date.parse(moment) + seconds * 1000).toISOString();
}
