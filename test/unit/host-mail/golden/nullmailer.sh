#!/bin/sh
# Mail of web1.home.test by hosts@home.test, for Debian 13. Run it as root on that server.
# First put the password in place of PUT-THE-PASSWORD-HERE; --show-password prints it there.
# Its users send as <user>@web1.home.test; mail to them goes to postmaster@home.test.
# What waits: mailq. What happened: journalctl -u nullmailer. What was refused lies in /var/spool/nullmailer/failed.
# Then try: echo hello | sendmail root
set -eu
command -v nullmailer-send > /dev/null || { echo "Install it first: apt-get install nullmailer ca-certificates" >&2; exit 1; }
put() { install -D -m "$2" -o "$3" /dev/stdin "$1"; }
put /etc/mailname 0644 root <<'END-OF-FILE'
web1.home.test
END-OF-FILE
put /etc/nullmailer/defaulthost 0644 root <<'END-OF-FILE'
web1.home.test
END-OF-FILE
put /etc/nullmailer/defaultdomain 0644 root <<'END-OF-FILE'
home.test
END-OF-FILE
put /etc/nullmailer/adminaddr 0644 root <<'END-OF-FILE'
postmaster@home.test
END-OF-FILE
put /etc/nullmailer/pausetime 0644 root <<'END-OF-FILE'
60
END-OF-FILE
put /etc/nullmailer/maxpause 0644 root <<'END-OF-FILE'
900
END-OF-FILE
put /etc/nullmailer/sendtimeout 0644 root <<'END-OF-FILE'
120
END-OF-FILE
put /etc/nullmailer/remotes 0400 mail <<'END-OF-FILE'
mail.mailkeep.test smtp --port=465 --tls --x509cafile=/etc/ssl/certs/ca-certificates.crt --user=hosts@home.test --pass=PUT-THE-PASSWORD-HERE
END-OF-FILE
if [ -d /run/systemd/system ]; then systemctl restart nullmailer; fi
