"""Asks a daemon over HTTP while it makes its passes.

    askers.py SECRET PROGRAM ARGUMENTS…

Starts the daemon, lets it make passes that read every shard, one after the other, without requests,
with some, and with as many as it answers; prints what each took.
"""

import http.client
import json
import signal
import statistics
import subprocess
import sys
import threading
import time

ROUNDS = 7
PATHS = ["/api/v1/environments/-/status", "/metrics"]
GENTLE = 20  # requests a second

secret = open(sys.argv[1]).read().strip()
daemon = subprocess.Popen(sys.argv[2:], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
port = None
passes = []
changed = threading.Condition()


def listen():
    global port
    for line in daemon.stderr:
        event = json.loads(line)
        with changed:
            if event["event"] == "listening":
                port = int(event["port"])
            if event["event"] == "pass":
                passes.append(time.monotonic())
            changed.notify_all()


threading.Thread(target=listen, daemon=True).start()


def wait(count):
    with changed:
        if not changed.wait_for(lambda: len(passes) >= count, timeout=600):
            sys.exit("the daemon makes no pass")


def one_pass():
    """The seconds of a pass that is asked for now."""
    count = len(passes)
    began = time.monotonic()
    daemon.send_signal(signal.SIGHUP)
    wait(count + 1)
    return passes[count] - began


class Asker(threading.Thread):
    """A client that asks over one connection, at a rate or as fast as it is answered."""

    def __init__(self, path, rate=None):
        super().__init__(daemon=True)
        self.path, self.rate = path, rate
        self.times, self.over = [], False
        self.start()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        due = time.monotonic()
        while not self.over:
            began = time.monotonic()
            connection.request("GET", self.path, headers={"Authorization": "Bearer " + secret})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"{self.path}: {answer.status}")
            self.times.append(time.monotonic() - began)
            if self.rate:
                due += 1 / self.rate
                time.sleep(max(0, due - time.monotonic()))


def measure(*askers):
    seconds = [one_pass() for _ in range(ROUNDS)]
    for asker in askers:
        asker.over = True
    for asker in askers:
        asker.join()
    return statistics.median(seconds)


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


wait(1)
one_pass()
quiet = measure()
print(f"a pass that reads every shard, nobody asks            {quiet:7.2f} s")
for path in PATHS:
    asker = Asker(path, GENTLE)
    beside = measure(asker)
    verdict = "met" if beside <= quiet * 1.05 else "NOT met"
    print(f"the same, {GENTLE} requests a second for {path:32}{beside:7.2f} s, {beside / quiet:.3f}x, goal 1.05x, {verdict}; "
          f"an answer takes {percentile(asker.times, 0.5):.1f} ms, p99 {percentile(asker.times, 0.99):.1f} ms")
for path in PATHS:
    askers = [Asker(path) for _ in range(4)]
    began = time.monotonic()
    beside = measure(*askers)
    took = time.monotonic() - began
    times = [one for asker in askers for one in asker.times]
    print(f"4 clients that ask as fast as they are answered       {path}: {len(times) / took:.0f} requests a second, "
          f"p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms; the pass {beside / quiet:.2f}x")
with open(f"/proc/{daemon.pid}/status") as status:
    print(next(line for line in status if line.startswith("VmHWM")).strip())
daemon.send_signal(signal.SIGTERM)
daemon.wait()
