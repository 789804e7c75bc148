#!/usr/bin/env bash
# Runs the property tests over parser, differ and servers with ever new seeds.
#
#     scripts/fuzz.sh [MINUTES]
#
# One round at least, and rounds until the time is over. A round that fails, crashes or does not
# end within twenty minutes ends it all, with the seed that repeats it.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-0}
export PLUMB_FUZZ=${FUZZ:-4}
end=$(($(date +%s) + minutes * 60))
rounds=0
until [ "$rounds" -gt 0 ] && [ "$(date +%s)" -ge "$end" ]; do
    export PLUMB_FUZZ_SEED=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
    status=0
    timeout --kill-after=10 20m swift test --skip-build \
        --filter 'SchemaTests.GeneratedTable|DiffTests.Algebra|DiffTests.Server|DiffTests.RandomSchema|SchemaTests.Formatter|ReconcilerTests.RandomObject' \
        >"${TMPDIR:-/tmp}/plumb-fuzz.$$" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        grep -E '✘|error:|Fatal' "${TMPDIR:-/tmp}/plumb-fuzz.$$" || tail -20 "${TMPDIR:-/tmp}/plumb-fuzz.$$"
        echo "fuzz: status $status in round $((rounds + 1)); again with:" \
            "FUZZ=$PLUMB_FUZZ SEED=$PLUMB_FUZZ_SEED make fuzz" >&2
        exit 1
    fi
    rounds=$((rounds + 1))
    echo "round $rounds, seed $PLUMB_FUZZ_SEED: $(grep -E 'Test run with' "${TMPDIR:-/tmp}/plumb-fuzz.$$" | sed 's/^[^T]*//')"
    rm -f "${TMPDIR:-/tmp}/plumb-fuzz.$$"
done
