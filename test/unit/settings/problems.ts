/** What is wrong with settings; empty when nothing is. */
import { SettingsError, type Problem } from "../../../components/settings/problem.ts";
import { parseSettings } from "../../../components/settings/read.ts";

export function problemsOf(raw: unknown): readonly Problem[] {
  try {
    parseSettings(raw);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
