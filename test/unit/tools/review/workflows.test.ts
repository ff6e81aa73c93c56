/** The workflows that docs/review has ready. They cannot run here; what they must not lose can be held. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { MARK } from "../../../../tools/review/markdown.ts";

const text = (name: string) => readFileSync(new URL(`../../../../docs/review/${name}`, import.meta.url), "utf8");
const REVIEW = /npm run review -- "\$\w+" --markdown review\.md/;

describe("the workflow for GitHub", () => {
  const stepSchema = z.looseObject({ run: z.string().optional(), if: z.string().optional() });
  const workflow = z
    .looseObject({
      on: z.record(z.string(), z.unknown()),
      permissions: z.record(z.string(), z.string()),
      jobs: z.object({ review: z.looseObject({ if: z.string(), steps: z.array(stepSchema) }) }),
    })
    .parse(parse(text("github.yml")));

  it("reviews pull requests, and gives forks no secrets", () => {
    expect(Object.keys(workflow.on)).toEqual(["pull_request"]);
    expect(workflow.jobs.review.if).toContain("head.repo.full_name == github.repository");
    expect(workflow.permissions).toEqual({ contents: "read", "pull-requests": "write" });
  });

  it("writes its comment even when the review fails", () => {
    const [review, comment] = workflow.jobs.review.steps.filter(({ run }) => run !== undefined);
    expect(review?.run).toMatch(REVIEW);
    expect(comment?.if).toMatch(/^always\(\)/);
  });
});

describe("the workflow for GitLab", () => {
  const job = z
    .object({ review: z.looseObject({ script: z.array(z.string()), after_script: z.array(z.string()) }) })
    .parse(parse(text("gitlab.yml"))).review;

  it("reviews, and writes its comment even when the review fails", () => {
    expect(job.script.join("\n")).toMatch(REVIEW);
    expect(job.after_script.join("\n")).toContain(`startswith("${MARK}")`);
  });
});
