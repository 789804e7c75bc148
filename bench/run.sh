#!/bin/sh
# Measures Plumb against a plain C program (the floor) and against its peers (skeema,
# pt-online-schema-change) on a private MariaDB.
#
#   bench/run.sh            1,000 shards of 30 tables; eight minutes on two busy cores with
#                           BENCH_ROLLOUT=200,1000 BENCH_WIDE=750, and the largest sizes take longer
#   BENCH_SHARDS=100 …      a smaller fleet
#   BENCH_ONLY=rollout,parse …  these sections alone: observation, plan, parse, record, rollout,
#                           transitions, approvals, fleet, wide, heartbeats; or some of binlog,
#                           online and cutovers, which run on a server with a binary log
#   BENCH_ONLINE=10000 …    the rows of the table that is copied online, in thousands
#   BENCH_CUTOVERS=500 …    how often a table is changed under eight writers
#   BENCH_ROLLOUT=200,1000 …  the sizes of the rollouts
#   BENCH_FLEET=100,1000 …  the sizes of the fleets in memory
#   BENCH_WIDE=750,3000 …   the tables of the wide databases
#   BENCH_SECONDS=60 …      ends a rollout after so many seconds, and says so
#   BENCH_PEER=no …         without skeema, or pt-online-schema-change
#   BENCH_DATA=folder …     keeps the server's data there for the next run
#
# Exit status: 0 when all was measured, whether the goals are met or not.
set -eu
cd "$(dirname "$0")/.."

shards=${BENCH_SHARDS:-1000}
# Only some sections look at the fleet of many tables.
case ",${BENCH_ONLY:-plan}," in
*,observation,* | *,plan,* | *,parse,* | *,approvals,*) ;;
*) shards=1 ;;
esac
# A binary log would cost the other sections time.
log=--skip-log-bin
memory=--innodb-buffer-pool-size=64M
peer_program=skeema
peer_package=skeema
case ",${BENCH_ONLY:-}," in
*,binlog,* | *,online,* | *,cutovers,*)
    others=$(printf '%s' "$BENCH_ONLY" | tr ',' '\n' | grep -vxE 'binlog|online|cutovers' || true)
    [ -z "$others" ] || {
        echo "bench: $others is measured without a binary log: name it in a run of its own" >&2
        exit 1
    }
    log='--log-bin=binlog --server-id=1 --binlog-format=ROW'
    memory='--innodb-buffer-pool-size=1G --innodb-log-file-size=512M'
    peer_program=pt-online-schema-change
    peer_package=percona-toolkit
    ;;
esac
folder=$(mktemp -d "${TMPDIR:-/tmp}/plumb-bench.XXXXXX")
data=${BENCH_DATA:-$folder/data}
socket=$folder/m.sock
server=

say() { printf '%s\n' "$*"; }
fail() { printf 'bench: %s\n' "$*" >&2; exit 1; }

stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

clean_up() {
    status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$server" ]; then kill -KILL "$server" 2>/dev/null || true; fi
    wait 2>/dev/null || true
    rm -rf "$folder"
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start_server [LIBRARY]: on the data in $data, with LIBRARY preloaded.
start_server() {
    LD_PRELOAD=${1:-} "$mariadbd" --no-defaults $as_user \
        --datadir="$data" --socket="$socket" --pid-file="$folder/pid" --tmpdir="$folder" \
        --skip-networking --skip-name-resolve --max-connections=100 \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \
        --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 $log \
        --innodb-doublewrite=0 --innodb-flush-method=nosync --innodb-use-native-aio=0 \
        $memory --innodb-fast-shutdown=1 --table-definition-cache=400 \
        >>"$folder/error.log" 2>&1 &
    server=$!
    tries=0
    until "$admin" --no-defaults --user=root --socket="$socket" ping >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || { tail -20 "$folder/error.log" >&2; fail "no server"; }
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "the server does not answer"
        sleep 0.1
    done
}

find_program() {
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" || fail "$1 is missing: install $2"
}

# Prints the path of the program that Plumb is compared with, or nothing.
find_peer() {
    [ "${BENCH_PEER:-yes}" != no ] || return 0
    if ! command -v "$peer_program" >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        say "installing $peer_package" >&2
        { apt-get install -y --no-install-recommends "$peer_package" ||
            { apt-get update && apt-get install -y --no-install-recommends "$peer_package"; }
        } >"$folder/apt.log" 2>&1 || true
    fi
    command -v "$peer_program" ||
        say "$peer_package cannot be installed here: continuing without it" >&2
}

mariadbd=$(find_program mariadbd mariadb-server-core)
install_db=$(find_program mariadb-install-db mariadb-server-core)
admin=$(find_program mariadb-admin mariadb-client-core)
as_user=
[ "$(id -u)" != 0 ] || as_user=--user=root
peer=$(find_peer)

say "building"
swift build -c release --product plumb-bench --scratch-path .build-release >"$folder/build.log" 2>&1 ||
    { cat "$folder/build.log"; fail "the build failed"; }
bench=$(swift build -c release --product plumb-bench --scratch-path .build-release --show-bin-path)/plumb-bench
compile="cc -std=c11 -O2 -Wall -Wextra -Werror"
$compile -D_GNU_SOURCE -o "$folder/floor" bench/floor.c \
    $(pkg-config --cflags --libs libmariadb) -lpthread
$compile -D_GNU_SOURCE -o "$folder/rollout" bench/rollout.c \
    $(pkg-config --cflags --libs libmariadb) -lpthread
$compile -shared -fPIC -o "$folder/nosync.so" bench/nosync.c

mark=$data/plumb-bench-$shards-$(cat Sources/plumb-bench/FleetSchema.swift \
    Sources/plumb-bench/FleetMaker.swift | cksum | tr -d ' ')
if [ ! -e "$mark" ]; then
    say "creating $shards shards"
    [ ! -e "$data" ] || fail "$data holds something else: remove it, or name another folder"
    "$install_db" --no-defaults $as_user --datadir="$data" --skip-test-db --skip-log-bin --force \
        --auth-root-authentication-method=normal --innodb-flush-method=nosync \
        >"$folder/install.log" 2>&1 || { cat "$folder/install.log"; fail "no data folder"; }
    start_server "$folder/nosync.so"
    "$bench" create "$socket" "$shards"
    stop_server
    : >"$mark"
fi
start_server
say "$("$mariadbd" --no-defaults --version)"
"$bench" measure "$folder" "$socket" "$shards" "$folder" ${peer:+"$peer"}
stop_server
