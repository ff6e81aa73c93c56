import { afterEach, describe, expect, it } from "vitest";
import { Directory } from "../../../images/couchmail/src/directory.ts";
import { openPouch } from "../../../images/couchmail/src/pouch.ts";
import { firstRevision, namedRecord, recordId } from "../../../images/couchmail/src/record.ts";
import type { DirectoryRecord } from "../../../images/couchmail/src/record.ts";
import { ConflictError } from "../../../images/couchmail/src/store.ts";
import type { Store } from "../../../images/couchmail/src/store.ts";
import { HASH, cleanUp, firstValues, freshFolder } from "./fixture.ts";

afterEach(cleanUp);

const ann: DirectoryRecord = { type: "mailbox", name: "ann@home.test", state: "own", passwordHash: HASH };

async function revisions(store: Store): Promise<readonly string[]> {
  return (await store.all()).map(
    ({ record, revision, conflicts }) => `${recordId(record)} ${revision} ${conflicts.length}`,
  );
}

describe("the store", () => {
  it("asks LevelDB to sync every write to the disk", async () => {
    const writes: object[] = [];
    const store = await openPouch(await freshFolder(), (options) => writes.push(options));
    await store.plant([namedRecord("domain", "home.test")]);
    const before = writes.length;
    await store.write(ann, undefined);
    expect(writes.length).toBeGreaterThan(before);
    expect(writes.every((options) => "sync" in options && options.sync === true)).toBe(true);
    await store.close();
  });

  it("finds everything again after a restart", async () => {
    const folder = await freshFolder();
    const first = await openPouch(folder);
    const { revision } = await first.write(ann, undefined);
    await first.close();
    const second = await openPouch(folder);
    expect(await second.all()).toEqual([{ record: ann, revision, conflicts: [] }]);
    await second.close();
  });

  it("refuses to write over what it does not know", async () => {
    const store = await openPouch(await freshFolder());
    const { revision } = await store.write(ann, undefined);
    await store.write({ ...ann, state: "deleted" }, revision);
    await expect(store.write(ann, revision)).rejects.toThrow(ConflictError);
    await expect(store.write(ann, undefined)).rejects.toThrow(ConflictError);
    await store.close();
  });

  it("tells of changes with the record that holds now", async () => {
    const store = await openPouch(await freshFolder());
    const told = new Promise((resolve) => store.follow((entry) => resolve(entry.record), resolve));
    await store.write(ann, undefined);
    expect(await told).toEqual(ann);
    await store.close();
  });

  it("leaves alone what is known in any form when names are planted again", async () => {
    const store = await openPouch(await freshFolder());
    const named = namedRecord("mailbox", "ann@home.test");
    await store.plant([named]);
    const { revision } = await store.write({ ...ann, state: "deleted" }, firstRevision(named));
    await store.plant([named]);
    expect(await revisions(store)).toEqual([`mailbox/ann@home.test ${revision} 0`]);
    await store.close();
  });
});

describe("two sites with the same names in their settings", () => {
  it("have the same revisions, whatever came first and with whichever values", async () => {
    const stores = [await openPouch(await freshFolder()), await openPouch(await freshFolder())] as const;
    const [alpha, bravo] = [new Directory(stores[0], "+"), new Directory(stores[1], "+")];
    const values = firstValues();
    await alpha.open(values, () => undefined);
    const older = {
      ...values,
      mailboxes: values.mailboxes.slice(0, 1).map((mailbox) => ({ ...mailbox, passwordHash: HASH.replace("a", "b") })),
    };
    await bravo.open(older, () => undefined);
    await bravo.load(values);
    expect(await revisions(stores[0])).toEqual(await revisions(stores[1]));
    expect((await revisions(stores[0])).length).toBe(13);
    await Promise.all(stores.map((store) => store.close()));
  });
});
