/**
 * What mail programs ask for to set themselves up, as templates that HAProxy fills in for each request. `domain` and
 * `address` are its expressions for the domain that is asked about and, where the program tells it, the user's address.
 */
import { PORT } from "../../plan/ports.ts";

/** Where mail programs are sent to. */
export interface MailServers {
  /** Name that mail programs connect to, at any site. */
  readonly host: string;
  /** Whether IMAP with STARTTLS is offered beside IMAPS. */
  readonly imap143: boolean;
}

const DOMAIN = "%[var(txn.domain)]";
const ADDRESS = "%[var(txn.address)]";
/** In log format, where a percent sign begins a variable, it is written twice. */
const USER = "%%EMAILADDRESS%%";

/** `config-v1.1.xml`, which Thunderbird and others fetch: TLS from the start first (RFC 8314 section 3). */
export function autoconfigXml({ host, imap143 }: MailServers): string {
  const server = (kind: string, type: string, port: number, socket: "SSL" | "STARTTLS"): string =>
    `    <${kind} type="${type}">
      <hostname>${host}</hostname>
      <port>${port}</port>
      <socketType>${socket}</socketType>
      <authentication>password-cleartext</authentication>
      <username>${USER}</username>
    </${kind}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="${DOMAIN}">
    <domain>${DOMAIN}</domain>
    <displayName>${DOMAIN}</displayName>
    <displayShortName>${DOMAIN}</displayShortName>
${[
  server("incomingServer", "imap", PORT.imaps, "SSL"),
  ...(imap143 ? [server("incomingServer", "imap", PORT.imap, "STARTTLS")] : []),
  server("outgoingServer", "smtp", PORT.submissions, "SSL"),
  server("outgoingServer", "smtp", PORT.submission, "STARTTLS"),
].join("\n")}
  </emailProvider>
</clientConfig>
`;
}

/**
 * Autodiscover for Outlook, [MS-OXDSCLI] section 2.2.4. Without a LoginName it would log in with what stands before the @, so
 * the address of the question goes into the answer.
 */
export function autodiscoverXml({ host }: MailServers): string {
  const protocol = (type: string, port: number): string =>
    `      <Protocol>
        <Type>${type}</Type>
        <Server>${host}</Server>
        <Port>${port}</Port>
        <LoginName>${ADDRESS}</LoginName>
        <DomainRequired>off</DomainRequired>
        <SPA>off</SPA>
        <SSL>on</SSL>
        <AuthRequired>on</AuthRequired>
      </Protocol>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
  <Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
    <Account>
      <AccountType>email</AccountType>
      <Action>settings</Action>
${protocol("IMAP", PORT.imaps)}
${protocol("SMTP", PORT.submissions)}
    </Account>
  </Response>
</Autodiscover>
`;
}

/**
 * A profile for Apple's Mail, payload `com.apple.mail.managed`. It names no address, so the device asks for it. The two
 * identifiers of a domain are in the variable `txn.profile`, with a colon between them.
 */
export function appleProfile({ host }: MailServers): string {
  const server = (way: "Incoming" | "Outgoing", port: number): string =>
    `      <key>${way}MailServerHostName</key>
      <string>${host}</string>
      <key>${way}MailServerPortNumber</key>
      <integer>${port}</integer>
      <key>${way}MailServerUseSSL</key>
      <true/>
      <key>${way}MailServerAuthentication</key>
      <string>EmailAuthPassword</string>`;
  const payload = (indent: string, type: string, identifier: string, uuid: string): string =>
    [
      `<key>PayloadType</key>`,
      `<string>${type}</string>`,
      `<key>PayloadVersion</key>`,
      `<integer>1</integer>`,
      `<key>PayloadIdentifier</key>`,
      `<string>${identifier}</string>`,
      `<key>PayloadUUID</key>`,
      `<string>${uuid}</string>`,
      `<key>PayloadDisplayName</key>`,
      `<string>Mail ${DOMAIN}</string>`,
    ]
      .map((line) => `${indent}${line}`)
      .join("\n");
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
${payload("      ", "com.apple.mail.managed", `mailkeep.${DOMAIN}.account`, "%[var(txn.profile),field(2,:)]")}
      <key>EmailAccountType</key>
      <string>EmailTypeIMAP</string>
      <key>EmailAccountDescription</key>
      <string>${DOMAIN}</string>
${server("Incoming", PORT.imaps)}
${server("Outgoing", PORT.submissions)}
      <key>OutgoingPasswordSameAsIncomingPassword</key>
      <true/>
    </dict>
  </array>
${payload("  ", "Configuration", `mailkeep.${DOMAIN}`, "%[var(txn.profile),field(1,:)]")}
</dict>
</plist>
`;
}
