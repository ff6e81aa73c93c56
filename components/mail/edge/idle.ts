/** For how long the edge keeps a connection on which nobody says anything. */

/** Postfix hangs up after five minutes of silence; the edge waits longer, so that the client hears why. */
export const SMTP_IDLE_MINUTES = 10;

/** IDLE is renewed every 29 minutes (RFC 2177), and Dovecot waits for 30. */
export const IMAP_IDLE_MINUTES = 31;
