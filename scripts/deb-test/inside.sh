# What an installed package has to do, run by scripts/deb-test.sh in a Debian 12 of its own.
set -euo pipefail

is() { [ "$2" = "$3" ] || { echo "$1: $2, and not $3" >&2; exit 1; }; }

# Runs a command as the daemon's user and wants a status.
ends() {
    local wanted=$1 status=0
    shift
    runuser -u plumb -- "$@" >/tmp/out 2>&1 || status=$?
    [ "$status" = "$wanted" ] || { cat /tmp/out; echo "$*: status $status" >&2; exit 1; }
}

if command -v swift || ls /usr/lib/*/libswift* 2>/dev/null; then
    echo "there is Swift here: the test proves nothing" >&2
    exit 1
fi
if ldd /usr/bin/plumb | grep 'not found'; then exit 1; fi
plumb --version

is "its user" "$(getent passwd plumb | cut -d: -f6)" /var/lib/plumb
is "/etc/plumb" "$(stat -c '%a %U %G' /etc/plumb)" "750 root plumb"
is "plumb.env" "$(stat -c '%a %U' /etc/plumb/plumb.env)" "600 root"
for page in plumb plumb-reconcile plumb-daemon plumb-store-verify; do
    gzip -dc "/usr/share/man/man1/$page.1.gz" | grep -q '^\.Sh NAME'
done
dpkg --verify plumb
systemd-analyze --man=no verify plumb.service
systemd-analyze security --offline=yes --threshold=15 plumb.service >/tmp/security ||
    { cat /tmp/security; exit 1; }
tail -1 /tmp/security

# A server, and a database on it.
mkdir -p /run/mysqld /var/lib/plumb
chown plumb:plumb /var/lib/plumb
mariadb-install-db --no-defaults --user=root --datadir=/tmp/data --skip-test-db \
    --force >/tmp/out 2>&1 || { cat /tmp/out; exit 1; }
mariadbd --no-defaults --user=root --datadir=/tmp/data --skip-networking \
    --socket=/run/mysqld/mysqld.sock >/tmp/mariadbd.log 2>&1 &
for _ in $(seq 300); do
    if mariadb -e 'SELECT 1' >/dev/null 2>&1; then break; fi
    sleep 0.1
done
mariadb -e "CREATE USER plumb IDENTIFIED VIA unix_socket; GRANT ALL ON *.* TO plumb;
    CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY)"
chmod 777 /run/mysqld/mysqld.sock

# From the live schema to a plan, and to a changed table.
cd /var/lib/plumb
ends 0 plumb import --host unix:/run/mysqld/mysqld.sock --database shop --user plumb --into schema
cd schema
runuser -u plumb -- bash -c "git init -q -b main && git config user.email ada@example.com &&
    git config user.name Ada && git add -A && git commit -qm 'As it is'"
ends 0 plumb plan
sed -i 's/  PRIMARY KEY/  `note` varchar(20) DEFAULT NULL,\n  PRIMARY KEY/' schema/*/orders.sql
runuser -u plumb -- git commit -qam 'A note'
ends 2 plumb plan
ends 0 plumb reconcile
mariadb -N -e 'SHOW COLUMNS FROM shop.orders' | grep -q '^note'

# What a pipeline runs.
ends 0 env PLUMB_CI_OUTPUT=/var/lib/plumb/documents /usr/share/plumb/ci/plumb-ci.sh plan
for document in plan.txt plan.md plan.json plan.sarif plan.junit.xml; do
    [ -s "/var/lib/plumb/documents/$document" ]
done

# The daemon, by the command line of its unit and by what a manager hears.
perl /tmp/manager.pl /tmp/notify /tmp/told &
while [ ! -S /tmp/notify ]; do sleep 0.1; done
command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/plumb.service)
cd /var/lib/plumb
runuser -u plumb -- env NOTIFY_SOCKET=/tmp/notify PLUMB_SOURCE=/var/lib/plumb/schema \
    PLUMB_REF=main PLUMB_OPTIONS="--ledger file:/var/lib/plumb/schema/.plumb/ledger.git" \
    bash -c "echo \$\$ >/var/lib/plumb/pid; exec $command" >/tmp/daemon.log 2>&1 &
told() {
    for _ in $(seq 300); do
        if grep -q "$1" /tmp/told; then return 0; fi
        sleep 0.1
    done
    cat /tmp/told /tmp/daemon.log
    echo "never told: $1" >&2
    exit 1
}
told '^READY=1'
told '^STATUS=.*: in-sync'
kill -TERM "$(cat /var/lib/plumb/pid)"
told '^STOPPING=1'
echo "the daemon told its manager: $(tr '\n' ' ' </tmp/told)"
