/** How many connections one client may have at a port. */

/**
 * Lines of a frontend, so that nobody keeps a port from all others: one address, in IPv6 one network of a subscriber, has half of
 * its connections.
 *
 * @param connections how many the port takes
 */
export const fairShare = (connections: number): string => `    stick-table type ipv6 size 100k expire 1m store conn_cur
    tcp-request connection track-sc0 src,ipmask(32,64)
    tcp-request connection reject if { sc0_conn_cur gt ${Math.floor(connections / 2)} }
`;
