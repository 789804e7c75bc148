#!/usr/bin/env bash
# Removes guards of the product, one at a time, and says after how many simulated histories each
# removal is found.
#
#     scripts/guards.sh [NAME…]
#
# A guard is a patch in Tests/Simulation/Guards, whose first line says what holds no more. It is
# applied to a copy of the sources in .build/guards. The exit status says whether one was not found
# within SEEDS histories (1000).
set -euo pipefail
cd "$(dirname "$0")/.."

seeds=${SEEDS:-1000}
root=$PWD
copy=$root/.build/guards
guards=$root/Tests/Simulation/Guards
mkdir -p "$copy"
git ls-files --cached --others --exclude-standard -z Sources Tests Package.swift |
    tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory="$copy"
cd "$copy"
export SWIFT_DETERMINISTIC_HASHING=1

build() {
    swift build --product plumb-simulate >build.log 2>&1 || {
        grep error: build.log | sort -u >&2
        return 1
    }
}

missed=0
cd "$copy"
for patch in "$guards"/*.patch; do
    name=$(basename "$patch" .patch)
    if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
    what=$(head -1 "$patch")
    if ! patch --quiet --strip=1 --forward --dry-run <"$patch" >/dev/null; then
        echo "$name | $what | the patch does not fit the sources any more"
        missed=1
        continue
    fi
    patch --quiet --strip=1 --forward <"$patch"
    found=none
    if build; then
        output=$(timeout 900 .build/debug/plumb-simulate --from 1 --seeds "$seeds") || true
        found=$(sed -nE 's/^seed ([0-9]+): (.*)/\1 | \2/p' <<<"$output" | head -1)
        found=${found:-none}
    fi
    patch --quiet --strip=1 --reverse <"$patch"
    echo "$name | $what | $found"
    [ "$found" != none ] || missed=1
done
exit $missed
