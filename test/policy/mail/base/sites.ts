/** The two sites of the base, by the addresses that they send from. */
export interface Site {
  readonly name: string;
  readonly v4: string;
  readonly v6: string;
}

export const SITES: readonly Site[] = [
  { name: "alpha", v4: "192.0.2.11", v6: "2001:db8::11" },
  { name: "bravo", v4: "192.0.2.12", v6: "2001:db8::12" },
];
