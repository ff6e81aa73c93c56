/** Changes to the directory, one after the other, each refused when it would do harm. */
import type { Problem } from "../../../../components/settings/problem.ts";
import { checkDirectory } from "../../../../components/directory/check.ts";
import { parseAddress } from "../../../../components/directory/address.ts";
import { isHosted } from "../../../../components/directory/view.ts";
import type { Directory, Snapshot } from "../directory.ts";
import type { DirectoryRecord } from "../record.ts";
import { Refusal } from "./route.ts";

/** The directory has not been read yet: asking again later helps. */
export class NotReady extends Error {}

/** What the REST interface reads from and writes to. */
export class Editor {
  readonly #directory: Directory;
  #last: Promise<void> = Promise.resolve();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** @throws NotReady */
  snapshot(): Snapshot {
    const snapshot = this.#directory.now();
    if (snapshot === undefined) throw new NotReady("The directory is not ready. Ask again.");
    return snapshot;
  }

  /**
   * Writes the record that `make` returns, once all earlier changes are done. The record is live and on the disk then.
   *
   * @throws Refusal 422 when the directory would have a problem that it does not have now.
   */
  change(make: (now: Snapshot) => DirectoryRecord): Promise<void> {
    const turn = this.#last.then(async () => {
      const now = this.snapshot();
      const record = make(now);
      refuseElsewhere(now, record);
      const problems = this.#newProblems(now, record);
      if (problems.length > 0) throw new Refusal(422, sentence(problems), problems);
      await this.#directory.write(record);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #newProblems(now: Snapshot, record: DirectoryRecord): readonly Problem[] {
    const after = checkDirectory(this.#directory.contentWith(record), this.#directory.delimiter);
    if (after.length === 0) return [];
    const known = new Set(checkDirectory(now.content, this.#directory.delimiter).map(identity));
    return after.filter((problem) => !known.has(identity(problem)));
  }
}

/** What lies in a domain that is not hosted would wait there unseen. */
function refuseElsewhere({ view }: Snapshot, { type, name, state }: DirectoryRecord): void {
  if (type === "domain" || state === "deleted" || isHosted(view, name)) return;
  const domain = parseAddress(name)?.domain ?? name;
  throw new Refusal(
    422,
    `The domain of ${name} is not hosted. To do: list ${domain} under domains in the settings and deploy.`,
  );
}

/** The same problem before and after a change; its place in the list may have moved. */
function identity({ path, got, wanted }: Problem): string {
  return `${path.replace(/\[\d+\]/g, "[]")} ${got} ${wanted}`;
}

function sentence(problems: readonly Problem[]): string {
  return problems.map(({ got, wanted, fix }) => `This would leave ${got}; wanted: ${wanted}. To do: ${fix}.`).join(" ");
}
