import fc from "fast-check";
import { expect, it } from "vitest";
import { letter } from "../../../bench/load/message.ts";

const args = { from: "visitor@outside.test", to: "b01@home.test", id: "x.1", seed: 7, bytes: 10_240 };
const body = (message: string): string => message.slice(message.indexOf("\r\n\r\n") + 4);

it("is the same for the same seed and another for another", () => {
  expect(body(letter(args))).toBe(body(letter(args)));
  expect(body(letter({ ...args, seed: 8 }))).not.toBe(body(letter(args)));
});

it("has the size asked for, line ends of mail, and nothing that ends a message early", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1000, max: 50_000 }), (seed, bytes) => {
      const message = letter({ ...args, seed, bytes });
      expect(message.length).toBeGreaterThanOrEqual(bytes);
      expect(message.length).toBeLessThan(bytes + 200);
      expect(message).toMatch(/\r\n$/);
      expect(message.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
      expect(message).not.toMatch(/^\./m);
      for (const line of message.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
    }),
    { numRuns: 50 },
  );
});
