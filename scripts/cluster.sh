#!/usr/bin/env bash
# A Galera cluster of three MariaDB nodes on loopback, in a folder of its own, for tests and for trying things out.
#
#   scripts/cluster.sh start             starts it, and says how to reach it and how to end it
#   scripts/cluster.sh start apart       the same, each node in a network of its own (as root): clients use sockets
#   scripts/cluster.sh cut FOLDER N      takes node N out of the network of such a cluster
#   scripts/cluster.sh mend FOLDER N     puts it back
#   scripts/cluster.sh node FOLDER N     starts node N again, which joins the others
#   scripts/cluster.sh recover FOLDER    starts all nodes again after all have ended, the one that knows most first
#   scripts/cluster.sh stop FOLDER       ends the nodes and removes the folder
set -euo pipefail

provider=/usr/lib/galera/libgalera_smm.so
scripts=$(cd "$(dirname "$0")" && pwd)
user=()
[ "$(id -u)" -ne 0 ] || user=(--user=root)

# The ports of node n: for clients, for the group, and for the transactions that a node gets when it joins.
port() { echo $(($(cat "$folder/port") + 3 * $1 + $2)); }

# Where a node is reached by the others.
address() {
    if [ -e "$folder/switch" ]; then echo "10.95.27.$1"; else echo 127.0.0.1; fi
}

# Runs a command in the network of a process whose number is in a file.
inside() {
    local process
    process=$(cat "$1")
    shift
    nsenter --net="/proc/$process/ns/net" -- "$@"
}

# A process that does nothing but keep a network of its own.
network() {
    setsid unshare --net sleep infinity >/dev/null 2>&1 </dev/null &
    local process=$!
    disown
    until [ "$(readlink "/proc/$process/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
        kill -0 "$process" || { echo "this machine lets nobody make a network of its own" >&2; return 1; }
        sleep 0.02
    done
    echo "$process" >"$1"
}

# Puts each node into a network of its own, all of them at one switch.
networks() {
    network "$folder/switch"
    inside "$folder/switch" ip link add switch type bridge
    inside "$folder/switch" ip link set switch up
    local node
    for node in 1 2 3; do
        mkdir -p "$folder/$node"
        network "$folder/$node/network"
        inside "$folder/switch" ip link add "node$node" type veth peer name wire netns "$(cat "$folder/$node/network")"
        inside "$folder/switch" ip link set "node$node" master switch up
        inside "$folder/$node/network" ip link set lo up
        inside "$folder/$node/network" ip address add "$(address "$node")/24" dev wire
        inside "$folder/$node/network" ip link set wire up
    done
}

settings() {
    local node=$1 home=$folder/$1
    echo --no-defaults "${user[@]}" --datadir="$home/data" --innodb-log-file-size=8M --innodb-buffer-pool-size=64M \
        --innodb-flush-log-at-trx-commit=1 --innodb-flush-method=nosync --skip-name-resolve --max-connections=200 \
        --character-set-server=utf8mb4 --binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON \
        --wsrep-provider="$provider" --wsrep-sst-method=plumb --socket="$home/m.sock" --pid-file="$home/pid" --tmpdir="$home"
}

# Where a node ended without order, only its tables know how far it came.
position() {
    local log=$folder/$1/recover.log
    # shellcheck disable=SC2046
    mariadbd $(settings "$1") --wsrep-cluster-address=gcomm:// --wsrep-recover >"$log" 2>&1
    sed -n 's/.*WSREP: Recovered position: *\([^ ,]*\).*/\1/p' "$log" | tail -1
}

# Starts a node, and waits until it has what the others have.
node() {
    local node=$1 home=$folder/$1
    shift
    mkdir -p "$home"
    [ -e "$home/data" ] || cp -a --reflink=auto "$folder/template" "$home/data"
    local own members group within=()
    own=$(address "$node")
    members="$(address 1):$(port 1 1),$(address 2):$(port 2 1),$(address 3):$(port 3 1)" group="$own:$(port "$node" 1)"
    [ ! -e "$home/network" ] || within=(inside "$home/network")
    # A node that is not heard for two seconds is left out: who tests that does not want to wait for long.
    # shellcheck disable=SC2046
    PLUMB_CLUSTER=$folder PATH=$scripts/cluster:$PATH "${within[@]}" setsid mariadbd $(settings "$node") \
        --bind-address="$own" --port="$(port "$node" 0)" --wsrep-cluster-name=plumb --wsrep-node-name="node$node" \
        --wsrep-cluster-address="gcomm://$members" --wsrep-node-address="$group" \
        --wsrep-provider-options="base_host=$own;base_port=$(port "$node" 1);gmcast.listen_addr=tcp://$group;ist.recv_addr=$own:$(port "$node" 2);gcache.size=32M;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.2S" \
        "$@" >>"$home/error.log" 2>&1 </dev/null &
    local process=$!
    for _ in $(seq 600); do
        [ "$(ask "$node" "SHOW STATUS LIKE 'wsrep_local_state_comment'" 2>/dev/null | cut -f2)" = Synced ] && return
        kill -0 "$process" 2>/dev/null || break
        sleep 0.1
    done
    echo "node $node of the cluster does not start:" >&2
    tail -20 "$home/error.log" >&2
    return 1
}

ask() { mariadb --no-defaults -uroot -S "$folder/$1/m.sock" -BNe "$2"; }

bootstrap() {
    sed -i 's/safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$folder/$1/data/grastate.dat"
    node "$@" --wsrep-new-cluster
}

again() {
    node "$1" --wsrep-start-position="$(position "$1")"
}

start() {
    [ -e "$provider" ] || { echo "galera-4 is missing: make setup installs it" >&2; exit 1; }
    folder=$(mktemp -d "${TMPDIR:-/tmp}/plumb-cluster.XXXXXX")
    chmod 755 "$folder"
    echo $((20000 + ($$ % 1200) * 10)) >"$folder/port"
    # A start that fails leaves nothing behind.
    trap '[ $? -eq 0 ] || stop' EXIT
    if [ "$1" = apart ]; then networks; fi
    mariadb-install-db --no-defaults "${user[@]}" --datadir="$folder/template" --skip-test-db --force \
        --auth-root-authentication-method=normal --innodb-log-file-size=8M >"$folder/install.log" 2>&1
    # All begin with the data of a node that was alone: the others get what happens later by transactions.
    node 1 --wsrep-new-cluster
    mariadb-admin --no-defaults -uroot -S "$folder/1/m.sock" shutdown
    wait
    rm -rf "$folder/template"
    mv "$folder/1/data" "$folder/template"
    cp -a --reflink=auto "$folder/template" "$folder/1/data"
    bootstrap 1
    node 2
    node 3
    rm -rf "$folder/template"
    echo "three nodes in $folder"
    echo "clients reach them as root, without a password:"
    for node in 1 2 3; do
        if [ "$1" = apart ]; then
            echo "  mariadb --no-defaults -uroot -S $folder/$node/m.sock"
        else
            echo "  mariadb --no-defaults -uroot -h 127.0.0.1 -P $(port "$node" 0)"
        fi
    done
    echo "end them: scripts/cluster.sh stop $folder"
}

recover() {
    local best=1 most=-1 node position
    local -A positions
    for node in 1 2 3; do
        positions[$node]=$(position "$node")
        position=${positions[$node]##*:}
        [ "$position" -le "$most" ] || { best=$node most=$position; }
    done
    bootstrap "$best" --wsrep-start-position="${positions[$best]}"
    for node in 1 2 3; do
        [ "$node" = "$best" ] || node "$node" --wsrep-start-position="${positions[$node]}"
    done
}

stop() {
    for file in "$folder"/*/pid "$folder"/*/network "$folder/switch"; do
        [ ! -e "$file" ] || kill -9 "$(cat "$file")" 2>/dev/null || true
    done
    rm -rf "$folder"
}

command=${1:-start}
folder=${2:-}
case $command in
start) folder=; start "${2:-together}" ;;
cut) inside "$folder/switch" ip link set "node${3:?which node}" down ;;
mend) inside "$folder/switch" ip link set "node${3:?which node}" up ;;
node) again "${3:?which node}" ;;
recover | stop) "$command" ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
