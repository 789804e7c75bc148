"""Counts what runs that were killed did: for scripts/kills.sh."""

import collections
import json
import re
import sys

work, shards, revisions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
faults = []

# Statements, by the server's own log: each session says which database it works on.
database = {}
sent = collections.Counter()
for line in open(f"{work}/general.log", encoding="utf-8", errors="replace"):
    found = re.match(r"(?:\d{6}\s+[\d:]+)?\s*(\d+) (Connect|Init DB|Query|Change user)\s+(.*)", line)
    if not found:
        continue
    session, kind, text = found.groups()
    if kind in ("Connect", "Change user"):
        on = re.search(r" on (\S*)", text)
        database[session] = on.group(1) if on else ""
    elif kind == "Init DB":
        database[session] = text.strip()
    elif text.startswith("USE "):
        database[session] = text[4:].strip(" `")
    elif text.startswith(("ALTER TABLE", "CREATE TABLE")) and database.get(session, "").startswith("shard_"):
        sent[database[session], text.strip()] += 1
twice = [key for key, count in sent.items() if count > 1]
wanted = shards * (revisions + 1)
if twice:
    faults.append(f"{len(twice)} statements were sent twice, such as {twice[0]}")
if len(sent) != wanted:
    faults.append(f"{len(sent)} statements were sent, and {wanted} were to be")

# Events: each operation completes once.
rows = json.load(open(f"{work}/log.json"))
rows = next(value for value in rows.values() if isinstance(value, list))
completed = collections.Counter(row["key"] for row in rows if row["event"] == "operation-completed")
doubled = [key for key, count in completed.items() if count > 1]
if doubled:
    faults.append(f"{len(doubled)} operations completed twice, such as {doubled[0]}")
if len(completed) != wanted:
    faults.append(f"{len(completed)} operations completed, and {wanted} were to be")

columns = dict(line.split() for line in open(f"{work}/columns"))
wrong = [name for name, count in columns.items() if int(count) != revisions + 1]
if wrong or len(columns) != shards:
    faults.append(f"{len(wrong)} shards have other tables than git")

kinds = collections.Counter(row["event"] for row in rows)
print(f"{len(sent)} statements, each sent once; {len(rows)} events: "
      + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
for fault in faults:
    print(f"FAULT: {fault}")
sys.exit(1 if faults else 0)
