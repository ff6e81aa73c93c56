#!/bin/sh
# Mail of web1.home.test by hosts@home.test, for Debian 13. Run it as root on that server.
# First put the password in place of PUT-THE-PASSWORD-HERE; --show-password prints it there.
# Its users send as <user>@web1.home.test; mail to them goes to postmaster@home.test.
# What waits: mailq. What happened: journalctl -u postfix@-.
# Then try: echo hello | sendmail root
set -eu
command -v postfix > /dev/null || { echo "Install it first: apt-get install postfix libsasl2-modules ca-certificates" >&2; exit 1; }
put() { install -D -m "$2" -o "$3" /dev/stdin "$1"; }
put /etc/postfix/main.cf 0644 root <<'END-OF-FILE'
# Who this host is. It takes mail of its own programs, and none by the network.
compatibility_level = 3.9
myhostname = web1.home.test
myorigin = $myhostname
mydestination =
inet_interfaces = loopback-only
mynetworks =
    127.0.0.0/8
    [::1]/128
smtpd_relay_restrictions = permit_mynetworks, reject
alias_maps =
local_transport = error:no mail is kept on this host

# Everything goes to the submission servers: each address of the name is tried until one takes it.
relayhost = [mail.mailkeep.test]:465
smtp_address_preference = any
smtp_mx_session_limit = 0
smtp_connect_timeout = 10s
smtp_helo_timeout = 60s
queue_run_delay = 60s
minimal_backoff_time = 60s
maximal_backoff_time = 15m

# TLS from the start, towards nobody but a server whose certificate has that name.
smtp_tls_wrappermode = yes
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = nexthop
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
smtp_tls_loglevel = 1

# The machine account.
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = regexp:/etc/postfix/mailkeep-password
smtp_sasl_security_options = noanonymous
smtp_sasl_tls_security_options = noanonymous

# Mail to the host's users goes to a person; senders are what the account may use.
virtual_alias_maps = regexp:/etc/postfix/mailkeep-recipients
virtual_alias_domains =
smtp_generic_maps = regexp:/etc/postfix/mailkeep-senders
END-OF-FILE
put /etc/postfix/mailkeep-recipients 0644 root <<'END-OF-FILE'
# Whoever is written to at this host, under whatever name of it.
/@(localhost|localhost\.localdomain|web1\.home\.test)$/ postmaster@home.test
END-OF-FILE
put /etc/postfix/mailkeep-senders 0644 root <<'END-OF-FILE'
/^(.+)@(localhost|localhost\.localdomain|web1(\.localdomain)?)$/ ${1}@web1.home.test
END-OF-FILE
put /etc/postfix/mailkeep-password 0400 root <<'END-OF-FILE'
/^/ hosts@home.test:PUT-THE-PASSWORD-HERE
END-OF-FILE
postfix check
if [ -d /run/systemd/system ]; then systemctl restart postfix; fi
