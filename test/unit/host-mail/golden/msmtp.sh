#!/bin/sh
# Mail of web1.home.test by hosts@home.test, for Debian 13. Run it as root on that server.
# First put the password in place of PUT-THE-PASSWORD-HERE; --show-password prints it there.
# Its users send as <user>@web1.home.test; mail to them goes to postmaster@home.test.
# msmtp keeps no queue: what cannot be sent at once is an error of the program that sends it. Only root may send.
# Then try: echo hello | sendmail root
set -eu
command -v msmtp > /dev/null || { echo "Install it first: apt-get install msmtp msmtp-mta ca-certificates" >&2; exit 1; }
put() { install -D -m "$2" -o "$3" /dev/stdin "$1"; }
put /etc/msmtprc 0400 root <<'END-OF-FILE'
# Mail of this host leaves by submission with a machine account.
defaults
port 465
tls on
tls_starttls off
tls_trust_file /etc/ssl/certs/ca-certificates.crt
timeout 60
domain web1.home.test
aliases /etc/msmtp-aliases
syslog LOG_MAIL
undisclosed_recipients off

account default
host mail.mailkeep.test
auth plain
user hosts@home.test
password PUT-THE-PASSWORD-HERE
from %U@web1.home.test
allow_from_override on
# Or what cron writes, "root" alone, would be no address.
set_from_header on
END-OF-FILE
put /etc/msmtp-aliases 0644 root <<'END-OF-FILE'
# Whoever is written to at this host.
default: postmaster@home.test
END-OF-FILE
msmtp --pretend < /dev/null > /dev/null
