/** What was used, and where it came from: printed, so that nobody takes a fallback for the official thing. */
export interface Used {
  readonly name: string;
  readonly version: string;
  /** `installed`: the machine had it; `official`: its makers' own build; `fallback`: built or taken from a package registry. */
  readonly source: "installed" | "official" | "fallback";
}
