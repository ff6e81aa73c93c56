/** couchmail's own configuration. */
import type { SiteContext } from "../../plan/context.ts";
import { PORT } from "../../plan/ports.ts";

export interface CouchmailArgs {
  readonly site: SiteContext["site"];
  /** Address on the site's network where all its ports listen; nothing outside of the site reaches it. */
  readonly address: string;
  readonly recipientDelimiter: string;
  /** Folder of the database. */
  readonly data: string;
}

/** Same folder as in Dovecot's container: the directory tells Dovecot where each mailbox is. */
const MAIL_HOME = "/srv/mail";

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
    mailHome: MAIL_HOME,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
