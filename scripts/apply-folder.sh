#!/usr/bin/env bash
# Makes one database equal to a folder of .sql files, destructive changes included.
#
#     scripts/apply-folder.sh apply|plan FOLDER SOCKET USER DATABASE
#
# For comparing plumb with other tools, and for the schema conformance cases: it wraps the folder
# into a schema repository with one shard, commits it (what is only in a working tree cannot be
# approved), approves every waiting step, and reconciles. A real fleet has a plumb.yaml of its own.
set -euo pipefail

verb=$1 folder=$2 socket=$3 user=$4 database=$5
plumb=${PLUMB:-$(cd "$(dirname "$0")/.." && pwd)/.build/debug/plumb}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/schema/one"
# git does not keep empty folders.
touch "$work/schema/one/.keep"
find "$folder" -maxdepth 1 -name '*.sql' -exec cp {} "$work/schema/one/" \;
cat >"$work/plumb.yaml" <<YAML
version: 1
namespaces:
  one:
    schema: schema/one
    prune: all
    manage: all
    allow_empty: true
    shards:
      - {name: one, host: "unix:$socket", database: "$database"}
environments:
  only: {namespaces: [one], connection: {user: "$user"}}
policy:
  limits: {drops_per_plan: 1000}
ledger: file:$work/ledger.git
YAML

cd "$work"
export PLUMB_ACTOR=apply-folder
git init -q
git add plumb.yaml schema
git -c user.name=folder -c user.email=folder@localhost -c commit.gpgsign=false \
    commit -q -m "The folder"
if [ "$verb" = plan ]; then
    # Not by exec: the folder is removed afterwards.
    status=0
    "$plumb" plan || status=$?
    exit "$status"
fi
# What waits for an approval is approved first, so that steps run in the order of the plan. A
# foreign key that is dropped before its parent changes is added again by the next run (status 2).
for _ in 1 2 3; do
    status=0
    "$plumb" plan --heal >/dev/null 2>&1 || status=$?
    if [ "$status" -eq 3 ]; then
        "$plumb" approve --all --reason "asked for on the command line" \
            >/dev/null 2>&1 || true
    fi
    status=0
    "$plumb" reconcile --heal || status=$?
    [ "$status" -eq 2 ] || break
done
exit "$status"
