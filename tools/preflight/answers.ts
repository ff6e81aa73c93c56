/** The form in which settings write a blocklist's answers: an address whose parts may be ranges, as in postconf(5). */

/** Whether an answer is one of those that `127.0.0.[2..11]` and the like name. */
export function answerMatches(pattern: string, answer: string): boolean {
  const parts = [...pattern.matchAll(/\[([^\]]*)\]|(\d+)/g)].map(([, ranges, number]) => ranges ?? number ?? "");
  const numbers = answer.split(".").map(Number);
  return (
    parts.length === numbers.length &&
    parts.every((part, index) =>
      part.split(";").some((range) => {
        const [low = NaN, high = low] = range.split("..").map(Number);
        const number = numbers[index] ?? NaN;
        return low <= number && number <= high;
      }),
    )
  );
}
