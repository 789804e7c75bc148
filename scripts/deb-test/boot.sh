#!/usr/bin/env bash
# Boots a system in a folder with its own systemd as the first process, in namespaces of its own and
# without a network, and runs service.sh in it:
#
#     scripts/deb-test/boot.sh FOLDER
#
# The package is installed there, with mariadb-server-core and git. As root, with systemd-nspawn.
set -euo pipefail
root=$(realpath "$1")
here=$(dirname "$(realpath "$0")")

log=$(mktemp "${TMPDIR:-/tmp}/plumb-boot.XXXXXX")
container=
finish() {
    # Asked twice it does not wait for what runs in it.
    for _ in 1 2; do [ -z "$container" ] || kill "$container" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -f "$log"
}
trap finish EXIT
fail() { cat "$log" >&2; echo "boot: $*" >&2; exit 1; }

# Where the machine mounts both hierarchies of control groups, the system gets the newer one.
SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --directory="$root" --boot --register=no \
    --keep-unit --private-network --console=pipe </dev/null >"$log" 2>&1 &
container=$!

# inside COMMAND…: runs it beside the system's first process.
inside() {
    nsenter --target "$first" --mount --uts --ipc --net --pid --cgroup --root /usr/bin/env -i --chdir=/ \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}

first=
for _ in $(seq 600); do
    kill -0 "$container" 2>/dev/null || fail "the system ended"
    first=$(pgrep --parent "$container" --oldest || true)
    [ -z "$first" ] || [ ! -S "/proc/$first/root/run/systemd/private" ] || break
    sleep 0.1
done
[ -n "$first" ] || fail "the system does not start"
case $(inside systemctl is-system-running --wait) in
running | degraded) ;;
*) fail "the system does not come up" ;;
esac
cp "$here/service.sh" "$root/root/service.sh"
inside bash /root/service.sh || fail "the unit does not do under systemd what it should"
inside systemctl poweroff
wait "$container" || true
container=
