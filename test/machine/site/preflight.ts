/** Preflight, from a site and from elsewhere. */
import { expect, test } from "vitest";
import { PEOPLE, PEOPLE6 } from "../../support/container-machine/places.ts";
import { STACK } from "../../support/container-machine/site-stack.ts";
import { MINUTES, scene } from "./story.ts";

/** The tests of it, in this order. */
export function preflight(): void {
  test(
    "preflight from a site finds names, delegations and their signatures right, and the way out open",
    { timeout: 2 * MINUTES },
    async () => {
      const { said: table } = await scene().attempt("preflight", STACK, "--from", "bravo");
      for (const [check, of] of [
        ["reverse DNS", `bravo ${PEOPLE.bravo}`],
        ["delegation", "home.example"],
        ["DNSSEC", "home.example"],
        ["port 25 out", "bravo IPv4"],
      ]) {
        expect(table).toMatch(new RegExp(`\\n${check} +${of} +ok `));
      }
      expect(table).toContain("0 problems");
    },
  );

  test(
    "preflight from elsewhere finds the ports open, and says which one is not, and what it is for",
    { timeout: 3 * MINUTES },
    async () => {
      const look = async (): Promise<string> =>
        (await scene().attempt("preflight", STACK, "--resolver", PEOPLE.nameServer)).said;
      const open = await look();
      for (const address of [PEOPLE.alpha, PEOPLE6.alpha, PEOPLE.bravo, PEOPLE6.bravo]) {
        expect(open).toMatch(
          new RegExp(`\\nports in +\\w+ ${address} +ok +It answers at 25, 80, 443, 465, 587 and 993\\.`),
        );
      }
      // As at a router that does not send the port on.
      const { bravo } = scene().machines;
      await bravo.sh(
        "nft 'add table ip router; add chain ip router in { type filter hook prerouting priority -400; }'",
      );
      await bravo.sh("nft add rule ip router in tcp dport 80 drop");
      const shut = await look();
      await bravo.sh("nft delete table ip router");
      expect(shut).toMatch(
        new RegExp(`\\nports in +bravo ${PEOPLE.bravo} +PROBLEM +It does not answer as it should at 80 \\(silent`),
      );
      expect(shut).toContain("Certificates are proved at port 80.");
      expect(shut).toMatch(new RegExp(`\\nports in +bravo ${PEOPLE6.bravo} +ok `));
    },
  );
}
