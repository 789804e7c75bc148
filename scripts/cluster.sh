#!/usr/bin/env bash
# A Galera cluster of three MariaDB nodes on loopback, in a folder of its own: starts it, says how to reach it, and
# ends it with `scripts/cluster.sh stop FOLDER`.
set -euo pipefail

provider=/usr/lib/galera/libgalera_smm.so
[ -e "$provider" ] || { echo "galera-4 is missing: make setup installs it" >&2; exit 1; }

if [ "${1:-}" = stop ]; then
    folder=${2:?the folder of the cluster}
    for file in "$folder"/*/pid; do
        [ -e "$file" ] && kill -9 "$(cat "$file")" 2>/dev/null || true
    done
    rm -rf "$folder"
    exit
fi

scripts=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/plumb-cluster.XXXXXX")
base=$((20000 + ($$ % 2000) * 10))
user=(); [ "$(id -u)" -ne 0 ] || user=(--user=root)

mariadb-install-db --no-defaults "${user[@]}" --datadir="$folder/template" --auth-root-authentication-method=normal \
    --skip-test-db --force --innodb-log-file-size=8M >"$folder/install.log" 2>&1

# The ports of node n: 3n + 0 for clients, + 1 for the group, + 2 for transfers of state.
port() { echo $((base + 3 * $1 + $2)); }

start() {
    local node=$1 home=$folder/$1; shift
    mkdir -p "$home"
    [ -e "$home/data" ] || cp -a --reflink=auto "$folder/template" "$home/data"
    PLUMB_CLUSTER=$folder PATH=$scripts:$PATH mariadbd --no-defaults "${user[@]}" --datadir="$home/data" --socket="$home/m.sock" --pid-file="$home/pid" \
        --tmpdir="$home" --bind-address=127.0.0.1 --port="$(port "$node" 0)" --skip-name-resolve \
        --innodb-log-file-size=8M --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 \
        --binlog-format=ROW --innodb-autoinc-lock-mode=2 \
        --wsrep-on=ON --wsrep-provider="$provider" --wsrep-cluster-name=plumb --wsrep-node-name="node$node" \
        --wsrep-cluster-address="gcomm://127.0.0.1:$(port 1 1),127.0.0.1:$(port 2 1),127.0.0.1:$(port 3 1)" \
        --wsrep-node-address="127.0.0.1:$(port "$node" 1)" --wsrep-sst-method=plumb \
        --wsrep-provider-options="base_host=127.0.0.1;base_port=$(port "$node" 1);gmcast.listen_addr=tcp://127.0.0.1:$(port "$node" 1);ist.recv_addr=127.0.0.1:$(port "$node" 2);gcache.size=32M" \
        "$@" >"$home/error.log" 2>&1 &
    for _ in $(seq 600); do
        kill -0 $! 2>/dev/null || break
        [ "$(mariadb --no-defaults -uroot -S "$home/m.sock" -BNe \
            "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_local_state_comment'" 2>/dev/null)" = Synced ] && return
        sleep 0.1
    done
    tail -20 "$home/error.log" >&2
    return 1
}

# All begin with the data of a node that was alone: the others get what happens later by transactions.
start 1 --wsrep-new-cluster
mariadb-admin --no-defaults -uroot -S "$folder/1/m.sock" shutdown
wait
rm -rf "$folder/template"
mv "$folder/1/data" "$folder/template"
sed -i 's/safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$folder/template/grastate.dat"
start 1 --wsrep-new-cluster
start 2
start 3
rm -rf "$folder/template"

echo "three nodes in $folder; clients reach them as root, without a password:"
for node in 1 2 3; do
    echo "  node$node: mariadb --no-defaults -uroot -h 127.0.0.1 -P $(port "$node" 0)   ($folder/$node/m.sock, process $(cat "$folder/$node/pid"))"
done
echo "end them: scripts/cluster.sh stop $folder"
