/** couchmail's own configuration. */
import type { SiteContext } from "../../plan/context.ts";
import { PORT } from "../../plan/ports.ts";
import { MAIL_ROOT } from "../shared-paths.ts";

/** What the directory is told. */
export interface CouchmailArgs {
  /** The site's name. */
  readonly site: SiteContext["site"];
  /** Address on the site's network where all its ports listen; nothing outside of the site reaches it. */
  readonly address: string;
  /** Characters that begin an address extension. */
  readonly recipientDelimiter: string;
  /** Folder of the database. */
  readonly data: string;
}

/** `config.json`, whose schema is `images/couchmail/src/config.ts`. */
export function renderCouchmail({ site, address, recipientDelimiter, data }: CouchmailArgs): string {
  const config = {
    site,
    listen: address,
    ports: {
      domain: PORT.directoryDomain,
      mailbox: PORT.directoryMailbox,
      alias: PORT.directoryAlias,
      sender: PORT.directorySender,
      http: PORT.directoryHttp,
    },
    data,
    delimiter: recipientDelimiter,
    // The directory tells Dovecot where each mailbox is, in its container.
    mailHome: MAIL_ROOT,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
