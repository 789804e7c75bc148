#!/usr/bin/env python3
"""Kills plumb, or one of its sessions, at random moments of online copies of a table that is written
all the time, KILLS times in all; after each change the table must have every row as it was written.

Everything is in a temporary folder and on a socket, and is removed when the program ends.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PLUMB = os.environ.get("PLUMB") or os.path.abspath(".build/debug/plumb")
KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
ROWS = int(os.environ.get("ROWS", "40000"))
SEED = int(os.environ.get("SEED", "1"))
WRITERS = 3

CHURN = """
CREATE PROCEDURE churn(own INT)
BEGIN
  DECLARE n INT DEFAULT 0;
  SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
  WHILE (SELECT stop FROM control) = 0 DO
    SET @id = 1 + FLOOR(RAND() * %(rows)d) * %(writers)d + own;
    SET n = n + 1;
    START TRANSACTION;
    CASE FLOOR(RAND() * 4)
      WHEN 0 THEN
        DELETE FROM t WHERE id = @id; DELETE FROM mirror WHERE id = @id;
      WHEN 1 THEN
        REPLACE INTO t (id, k, c) VALUES (@id, n, own); REPLACE INTO mirror (id, k, c) VALUES (@id, n, own);
      ELSE
        UPDATE t SET k = k + 1, c = n WHERE id = @id; UPDATE mirror SET k = k + 1, c = n WHERE id = @id;
    END CASE;
    COMMIT;
    DO SLEEP(0.003);
  END WHILE;
END
"""

PLUMB_YAML = """version: 1
namespaces:
  app: {schema: schema, shards: [{name: s0, host: "unix:%s", database: app}]}
environments:
  production: {namespaces: [app], connection: {user: root}}
policy:
  approve: [irreversible]
  online: {below: 0B, keep: 0s}
"""


class Server:
    """A server of this program's own, with a binary log."""

    def __init__(self, work):
        self.socket = work + "/m.sock"
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", "--user=" + user, "--datadir=" + work + "/data",
             "--force", "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        program = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        self.process = subprocess.Popen(
            [program, "--no-defaults", "--user=" + user, "--datadir=" + work + "/data",
             "--socket=" + self.socket, "--skip-networking", "--log-bin=log", "--server-id=1",
             "--binlog-format=ROW", "--sync-binlog=0", "--innodb-flush-log-at-trx-commit=0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if subprocess.run(self.client(["-e", "SELECT 1"]), capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit("the server did not start")

    def client(self, arguments):
        return ["mariadb", "--no-defaults", "--user=root", "--socket=" + self.socket, "--batch",
                "--skip-column-names"] + arguments

    def sql(self, text, database="app"):
        found = subprocess.run(
            self.client([database] if database else []), input=text, capture_output=True, text=True)
        if found.returncode != 0:
            raise SystemExit("the server refused: " + found.stderr)
        return [line.split("\t") for line in found.stdout.splitlines()]


class Repository:
    """The schema repository of one table, whose column changes its type with each revision."""

    def __init__(self, work, socket):
        self.folder = work + "/repo"
        os.makedirs(self.folder + "/schema")
        self.git("init", "--quiet", "--initial-branch=main")
        self.write("plumb.yaml", PLUMB_YAML % socket)
        self.write(".gitignore", ".plumb\n")

    def git(self, *arguments):
        identity = ["-c", "user.name=plumb", "-c", "user.email=plumb@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=self.folder, check=True)

    def write(self, name, text):
        with open(self.folder + "/" + name, "w") as file:
            file.write(text)

    def revise(self, kind):
        self.write(
            "schema/t.sql",
            "CREATE TABLE t (id int NOT NULL PRIMARY KEY, k %s NOT NULL, c varchar(40), KEY k (k));\n"
            % kind)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", kind)

    def reconcile(self):
        return subprocess.Popen(
            [PLUMB, "reconcile"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env={**os.environ, "PLUMB_ACTOR": "plumb@example.com"})


def disturb(server, process, chance):
    """Kills the process, or one of its sessions; returns which, or nil where there was none."""
    if chance.random() < 0.5:
        process.send_signal(signal.SIGKILL)
        return "process"
    sessions = server.sql(
        "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() "
        "AND user = 'root' AND id NOT IN (SELECT session FROM writers)")
    if not sessions:
        return None
    subprocess.run(server.client(["-e", "KILL " + chance.choice(sessions)[0]]), capture_output=True)
    return "session"


def differences(server):
    """The rows in which the table and its mirror differ, seen in one moment."""
    rows = server.sql(
        "START TRANSACTION WITH CONSISTENT SNAPSHOT;"
        "SELECT (SELECT COUNT(*) FROM t LEFT JOIN mirror m USING (id) "
        "WHERE m.id IS NULL OR t.k <> m.k OR NOT t.c <=> m.c),"
        "(SELECT COUNT(*) FROM mirror m LEFT JOIN t USING (id) WHERE t.id IS NULL),"
        "(SELECT COUNT(*) FROM t); COMMIT;")
    return [int(value) for value in rows[0]]


def main():
    # What it started ends with it, also where it is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chance = random.Random(SEED)
    work = tempfile.mkdtemp(prefix="plumb-online-kills.")
    server, writers = None, []
    try:
        server = Server(work)
        server.sql("CREATE DATABASE app;", None)
        repository = Repository(work, server.socket)
        repository.revise("int")
        first = repository.reconcile()
        if first.wait() != 0:
            raise SystemExit(first.stdout.read())
        server.sql("CREATE TABLE mirror LIKE t; CREATE TABLE control (stop INT);"
                   "CREATE TABLE writers (session BIGINT); INSERT INTO control VALUES (0);"
                   "INSERT INTO t SELECT seq, seq, 'a' FROM seq_1_to_%d;"
                   "INSERT INTO mirror SELECT * FROM t;\nDELIMITER //\n%s//\n"
                   % (ROWS, CHURN % {"rows": ROWS // WRITERS, "writers": WRITERS}))
        for number in range(WRITERS):
            writers.append(subprocess.Popen(
                server.client(["app", "-e", "INSERT INTO writers VALUES (CONNECTION_ID());"
                               "CALL churn(%d)" % number]), stderr=subprocess.PIPE, text=True))
        counts = {"process": 0, "session": 0}
        rounds, runs, began = 0, 0, time.monotonic()
        # How long a change takes that nobody disturbs: as it is learned.
        whole = 2.0
        while sum(counts.values()) < KILLS:
            kind = ["bigint", "int"][rounds % 2]
            rounds += 1
            repository.revise(kind)
            tries = 0
            while True:
                runs += 1
                tries += 1
                process = repository.reconcile()
                start, disturbed = time.monotonic(), False
                if tries < 12 and sum(counts.values()) < KILLS:
                    try:
                        process.wait(chance.random() * whole)
                    except subprocess.TimeoutExpired:
                        what = disturb(server, process, chance)
                        if what:
                            disturbed = True
                            counts[what] += 1
                output = process.communicate()[0]
                wanted = {"int": "int(11)", "bigint": "bigint(20)"}[kind]
                if server.sql("SHOW COLUMNS FROM t LIKE 'k'")[0][1] == wanted and process.returncode == 0:
                    if tries == 1 and not disturbed:
                        whole = time.monotonic() - start
                    break
                if tries > 30:
                    raise SystemExit("round %d does not come to its end:\n%s" % (rounds, output))
            lost, extra, rows = differences(server)
            if lost or extra:
                raise SystemExit("round %d: %d rows differ, %d are missing" % (rounds, lost, extra))
            if rounds % 20 == 0:
                print("%d changes, %d kills" % (rounds, sum(counts.values())), flush=True)
            left = [row[0] for row in server.sql("SHOW TABLES LIKE 't\\_\\_plumb%'")]
            if left:
                raise SystemExit("round %d leaves %s" % (rounds, ", ".join(left)))
        for writer in writers:
            if writer.poll() is not None:
                raise SystemExit("a writer ended: " + writer.stderr.read())
        print("%d kills (%d of the process, %d of a session) in %d changes and %d runs, %.0f s: "
              "%d rows, none lost, none doubled, no writer got an error"
              % (sum(counts.values()), counts["process"], counts["session"], rounds, runs,
                 time.monotonic() - began, rows))
    finally:
        if server:
            subprocess.run(server.client(["app", "-e", "UPDATE control SET stop = 1"]),
                           capture_output=True)
            for writer in writers:
                writer.wait(30)
            server.process.terminate()
            server.process.wait()
        shutil.rmtree(work, ignore_errors=True)


main()
