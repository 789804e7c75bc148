#!/usr/bin/env bash
# Runs inside the system that boot.sh has booted: the unit under systemd itself.
set -euo pipefail

is() { [ "$2" = "$3" ] || { echo "$1: \`$2\`, and not \`$3\`" >&2; journal; exit 1; }; }
journal() { journalctl --unit=plumb --no-pager | tail -20 >&2; }
shown() { systemctl show plumb --property="$1" --value; }
# becomes PROPERTY VALUE: waits for it, at most a minute.
becomes() {
    for _ in $(seq 600); do
        [ "$(shown "$1")" != "$2" ] || return 0
        sleep 0.1
    done
    is "$1" "$(shown "$1")" "$2"
}

systemd-sysusers plumb.conf
systemd-tmpfiles --create plumb.conf

# A server, a database, and a repository of what is there.
mkdir -p /run/mysqld
rm -rf /tmp/data
mariadb-install-db --no-defaults --user=root --datadir=/tmp/data --skip-test-db --force >/tmp/out 2>&1 ||
    { cat /tmp/out >&2; exit 1; }
systemd-run --quiet --unit=database mariadbd --no-defaults --user=root --datadir=/tmp/data --skip-networking \
    --socket=/run/mysqld/mysqld.sock
for _ in $(seq 300); do ! mariadb -e 'SELECT 1' >/dev/null 2>&1 || break; sleep 0.1; done
mariadb -e "CREATE USER plumb IDENTIFIED VIA unix_socket; GRANT ALL ON *.* TO plumb;
    CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)"
chmod 777 /run/mysqld/mysqld.sock
install -d -o plumb -g plumb -m 750 /var/lib/plumb
rm -rf /var/lib/plumb/booted /var/lib/plumb/booted.git
cd /var/lib/plumb
runuser -u plumb -- plumb import --host unix:/run/mysqld/mysqld.sock --database shop --user plumb --into booted >/dev/null
cd booted
commit() { runuser -u plumb -- git -c user.email=ada@example.com -c user.name=Ada commit -qam "$1"; }
runuser -u plumb -- git init -q -b main
runuser -u plumb -- git add -A
commit 'As it is'
cat >/etc/plumb/plumb.env <<'ENV'
PLUMB_SOURCE=/var/lib/plumb/booted
PLUMB_REF=main
PLUMB_OPTIONS=--ledger file:/var/lib/plumb/booted.git --interval 1h
ENV
chmod 600 /etc/plumb/plumb.env
systemctl daemon-reload

# It has started once its first pass is made.
systemctl start plumb
is state "$(shown SubState)" running
is status "$(shown StatusText)" "production: in-sync"
is user "$(stat -c %U "/proc/$(shown MainPID)")" plumb
[ "$(shown WatchdogUSec)" != 0 ]

# A reload is a pass, and is over with it.
sed -i 's/  PRIMARY KEY/  `note` varchar(20) DEFAULT NULL,\n  PRIMARY KEY/' schema/*/orders.sql
commit 'A note'
systemctl reload plumb
for _ in $(seq 300); do ! mariadb -N -e 'SHOW COLUMNS FROM shop.orders' | grep -q '^note' || break; sleep 0.1; done
mariadb -N -e 'SHOW COLUMNS FROM shop.orders' | grep -q '^note' || { journal; exit 1; }

# What died comes again, and what stands still is ended by the watchdog.
kill -9 "$(shown MainPID)"
becomes NRestarts 1
becomes SubState running
mkdir -p /run/systemd/system/plumb.service.d
printf '[Service]\nWatchdogSec=2\nRestartSec=1\n' >/run/systemd/system/plumb.service.d/soon.conf
systemctl daemon-reload
systemctl restart plumb
kill -STOP "$(shown MainPID)"
becomes NRestarts 1
becomes SubState running

systemctl stop plumb
is result "$(shown Result)" success
rm -rf /run/systemd/system/plumb.service.d
echo "under systemd $(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p') the unit starts, reloads, comes again and stops"
