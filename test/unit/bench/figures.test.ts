import { describe, expect, it, test } from "vitest";
import { median, percentile } from "../../../bench/figures.ts";

test.each([
  [[5], 5],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
  [[10, 9, 100], 10],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it("is the value that so many do not exceed", () => {
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile(hundred, 0)).toBe(1);
  });

  it("of nothing is an error, as is a median", () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
    expect(() => median([])).toThrow(RangeError);
  });
});
