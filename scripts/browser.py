#!/usr/bin/env python3
"""Drives a headless Chromium by its debugging pipe, for tests of the console.

Reads one JSON object a line and answers each with one:

    {"do": "open", "url": …, "width": 1280, "height": 800, "scheme": "dark"}
    {"do": "wait", "for": EXPRESSION, "seconds": 30}       until it is true; its value
    {"do": "evaluate", "what": EXPRESSION}                 its value, promises awaited
    {"do": "keys", "keys": ["Tab", "Enter", …]}
    {"do": "type", "text": …}
    {"do": "screenshot", "path": …, "whole": true}
    {"do": "print", "path": …}                             as PDF
    {"do": "roles"}                                        the accessibility tree: role and name
    {"do": "faults"}                                       what the page complained of, and where it went

An answer is {"value": …} or {"error": …}. The browser ends with its input.
"""
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time


class Chromium:
    def __init__(self, profile):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            raise SystemExit("chromium is missing: apt-get install chromium")
        to_browser, self.writing = os.pipe()
        self.reading, from_browser = os.pipe()

        def place():
            # Descriptors 3 and 4 are what the browser takes for its pipe.
            os.dup2(to_browser, 103)
            os.dup2(from_browser, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--remote-debugging-pipe", "--no-first-run",
                # In a container root runs it, and what it opens is a page of the tests alone.
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                "--force-device-scale-factor=1", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-extensions",
                "--user-data-dir=" + profile, "--lang=en",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                "about:blank",
            ],
            preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        self.number = 0
        self.session = None
        self.faults = []

    def send(self, method, parameters=None, seconds=60):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        limit = time.monotonic() + seconds
        while True:
            answer = self.receive(limit - time.monotonic())
            if answer is None:
                raise RuntimeError(f"{method}: no answer within {seconds} seconds")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error'].get('message')}")
                return answer.get("result", {})
            self.note(answer)

    def receive(self, seconds):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reading], [], [], max(0, seconds))
            if not ready:
                return None
            piece = os.read(self.reading, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def note(self, message):
        """What the page complains of, and every address that it asks."""
        given = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                details = given["exceptionDetails"]
                text = details.get("exception", {}).get("description") or details.get("text")
                self.faults.append("exception: " + text)
            case "Runtime.consoleAPICalled" if given["type"] in ("error", "warning", "assert"):
                words = [str(one.get("value", one.get("description"))) for one in given["args"]]
                self.faults.append("console: " + " ".join(words))
            case "Log.entryAdded" if given["entry"]["level"] in ("error", "warning"):
                entry = given["entry"]
                self.faults.append(f"log: {entry['text']} {entry.get('url', '')}")
            case "Page.javascriptDialogOpening":
                self.faults.append("dialog: " + given["message"])
            case "Network.requestWillBeSent":
                self.faults.append("asked: " + given["request"]["url"])

    def open(self, url, width=1280, height=800, scheme="light"):
        self.session = None
        target = self.send("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self.send("Target.attachToTarget", {"targetId": target, "flatten": True})
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.send(domain + ".enable")
        self.send("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.send("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.send("Page.navigate", {"url": url})

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", {
            "expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(
                details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def wait(self, expression, seconds):
        limit = time.monotonic() + seconds
        last = None
        while True:
            try:
                # An element is as good as true, and has no value that could be sent.
                last = self.evaluate(
                    f"Promise.resolve({expression}).then((v) => v instanceof Node || v)")
                if last:
                    return last
            except RuntimeError as error:
                # While a page is being opened there may be nothing to ask.
                last = str(error)
            if time.monotonic() > limit:
                text = self.evaluate("document.body?.innerText.slice(0, 4000)")
                raise RuntimeError(f"never so: {expression} (last: {last})\n{text}")
            time.sleep(0.02)

    def keys(self, names):
        codes = {
            "Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35,
            "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
        }
        for name in names:
            shift = name.startswith("Shift+")
            key = name.removeprefix("Shift+")
            event = {
                "key": key, "code": "Space" if key == " " else key,
                "windowsVirtualKeyCode": codes[key], "modifiers": 8 if shift else 0,
            }
            if key in ("Enter", " "):
                event["text"] = "\r" if key == "Enter" else " "
            self.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
            event.pop("text", None)
            self.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def roles(self):
        nodes = self.send("Accessibility.getFullAXTree")["nodes"]
        return [
            [node["role"]["value"], node.get("name", {}).get("value", "")]
            for node in nodes if not node.get("ignored") and "role" in node
        ]

    def do(self, asked):
        match asked["do"]:
            case "open":
                given = {key: asked[key] for key in ("width", "height", "scheme") if key in asked}
                return self.open(asked["url"], **given)
            case "wait":
                return self.wait(asked["for"], asked.get("seconds", 30))
            case "evaluate":
                return self.evaluate(asked["what"])
            case "keys":
                return self.keys(asked["keys"])
            case "type":
                self.send("Input.insertText", {"text": asked["text"]})
            case "screenshot":
                whole = {"captureBeyondViewport": True} if asked.get("whole") else {}
                shot = self.send("Page.captureScreenshot", {"format": "png", **whole})
                with open(asked["path"], "wb") as file:
                    file.write(base64.b64decode(shot["data"]))
            case "print":
                page = self.send("Page.printToPDF", {"printBackground": False})
                with open(asked["path"], "wb") as file:
                    file.write(base64.b64decode(page["data"]))
            case "roles":
                return self.roles()
            case "faults":
                # What has arrived and was not read yet is part of it.
                self.evaluate("0")
                found, self.faults = self.faults, []
                return found
            case other:
                raise RuntimeError(f"there is no {other}")
        return None

    def end(self):
        self.session = None
        try:
            self.send("Browser.close", seconds=5)
        except (RuntimeError, OSError):
            pass
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main():
    profile = tempfile.mkdtemp(prefix="plumb-browser.")
    browser = Chromium(profile)
    try:
        for line in sys.stdin:
            try:
                answer = {"value": browser.do(json.loads(line))}
            except (RuntimeError, OSError, KeyError) as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), flush=True)
    finally:
        browser.end()
        shutil.rmtree(profile, ignore_errors=True)


main()
