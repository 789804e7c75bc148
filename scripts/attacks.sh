#!/usr/bin/env bash
# Prints the attacks that the tests tried in a run, and fails where one of them was not tried.
#
#     scripts/attacks.sh LOG
#
# LOG is the output of `swift test`. An attack is a test or a suite with a title like this:
# `attack: a server that offers no TLS gets no byte of a password`.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$1

# The titles in the sources. A title may consist of several literals; the first one is used.
known=$(grep -rhoE '"attack: [^"]+' Tests --include='*.swift' | sed 's/^"//' | sort -u)
held=$(grep -oE '✔ (Test|Suite) "attack: .*" (with .* )?passed' "$log" |
    sed -E 's/^✔ (Test|Suite) "//; s/" (with [0-9]+ test cases? )?passed$//' | sort -u)

missing=0
while IFS= read -r title; do
    grep -qF -- "$title" <<<"$held" && continue
    echo "attacks: not tried, or not held: $title" >&2
    missing=1
done <<<"$known"
echo "attacks that were tried, and held:"
sed 's/^attack: /  /' <<<"$held"
echo "$(wc -l <<<"$held") attacks"
exit "$missing"
