#!/usr/bin/env bash
# Runs the property tests over parser, differ and servers, each round with a new seed.
#
#     [PLUMB_ROW_CASES=FILE] scripts/fuzz.sh [MINUTES]
#
# FILE is JSON, a list of objects with the texts `id`, `current` and `desired`: schemas whose tables
# are filled with rows too.
#
# One round at least, and rounds until the time is over. A round that fails, crashes or does not
# end within twenty minutes is printed with the seed that repeats it, its whole output is kept,
# and the next one begins, so that one long run can find several faults. The exit status says
# whether any round failed.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-0}
export PLUMB_FUZZ=${FUZZ:-4}
end=$(($(date +%s) + minutes * 60))
rounds=0
failed=0
until [ "$rounds" -gt 0 ] && [ "$(date +%s)" -ge "$end" ]; do
    export PLUMB_FUZZ_SEED=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
    output=${TMPDIR:-/tmp}/plumb-fuzz.$PLUMB_FUZZ_SEED
    status=0
    timeout --kill-after=10 20m swift test --skip-build \
        --filter 'SchemaTests.GeneratedTable|DiffTests.Algebra|DiffTests.Server|DiffTests.RandomSchema|DiffTests.RandomWeb|SchemaTests.Formatter|ReconcilerTests.RandomObject|ReconcilerTests.Row|SchemaTests.PrintedText|ObservedTests.HostileText|DiffTests.RandomPartition' \
        >"$output" 2>&1 || status=$?
    rounds=$((rounds + 1))
    if [ "$status" -eq 0 ]; then
        echo "round $rounds, seed $PLUMB_FUZZ_SEED: $(grep -E 'Test run with' "$output" | sed 's/^[^T]*//')"
        rm -f "$output"
    else
        failed=$((failed + 1))
        grep -E '✘|error:|Fatal' "$output" || tail -20 "$output"
        echo "round $rounds, status $status, all of it in $output; again with:" \
            "FUZZ=$PLUMB_FUZZ SEED=$PLUMB_FUZZ_SEED make fuzz" >&2
    fi
done
if [ "$failed" -gt 0 ]; then
    echo "fuzz: failed in $failed of $rounds rounds" >&2
    exit 1
fi
