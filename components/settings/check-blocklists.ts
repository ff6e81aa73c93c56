/** Rules about DNS blocklists. */
import type { Problem } from "./problem.ts";
import type { Settings } from "./schema.ts";

/** Problems with lists, their answers and their keys. */
export function checkBlocklists({ blocklists, blocklistKeys }: Settings): Problem[] {
  return [...repeatedZones(blocklists), ...wrongAnswers(blocklists), ...strangeKeys(blocklists, blocklistKeys)];
}

function repeatedZones(lists: Settings["blocklists"]): Problem[] {
  return lists.flatMap(({ zone }, index) => {
    const first = lists.findIndex((list) => list.zone === zone);
    return first === index
      ? []
      : [
          {
            path: `blocklists[${index}].zone`,
            got: `${zone}, which blocklists[${first}] has too`,
            wanted: "each list once",
            fix: "put all that it is asked about into one entry",
          },
        ];
  });
}

/** Operators answer 127.255.255.* when they give no verdict, such as to a resolver that asks too often. */
function wrongAnswers(lists: Settings["blocklists"]): Problem[] {
  return lists.flatMap(({ answers }, index) => {
    const path = `blocklists[${index}].answers`;
    const parts = [...answers.matchAll(/\[[^\]]*\]|\d+/g)].map(([part]) => rangesOf(part));
    if (!parts.flat().every(([low, high]) => low <= high && high <= 255)) {
      return [{ path, got: answers, wanted: "numbers from 0 to 255, the lower one first", fix: "correct the numbers" }];
    }
    return parts.slice(1, 3).every((ranges) => ranges.some(([low, high]) => low <= 255 && 255 <= high))
      ? [
          {
            path,
            got: `${answers}, which takes 127.255.255.* for a verdict`,
            wanted: "the answers that the list's operator names, such as 127.0.0.[2..11]",
            fix: "leave 127.255.255.* out: a fault at the list would refuse all mail",
          },
        ]
      : [];
  });
}

function strangeKeys(lists: Settings["blocklists"], keys: Settings["blocklistKeys"]): Problem[] {
  return Object.keys(keys)
    .filter((zone) => !lists.some((list) => list.zone === zone))
    .map((zone) => ({
      path: `blocklistKeys["${zone}"]`,
      got: "a key for a list that is not asked",
      wanted: "the zone of one of the blocklists",
      fix: `list ${zone} under blocklists, or take the key out`,
    }));
}

/** `2`, `[2..11]` and `[2;4..6]` as ranges. */
function rangesOf(part: string): (readonly [low: number, high: number])[] {
  return part
    .replace(/[[\]]/g, "")
    .split(";")
    .map((range) => {
      const [low, high = low] = range.split("..").map(Number);
      return [low ?? NaN, high ?? NaN] as const;
    });
}
