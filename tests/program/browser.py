# browser.py
# Chromium without a screen, driven by WebDriver
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import json
import re
import shutil
import subprocess
import tempfile
import time
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--force-device-scale-factor=1"]
NEEDED = ["chromium", "chromedriver"]


def missing():
    return [tool for tool in NEEDED if shutil.which(tool) is None]


class Browser:
    """A context manager."""

    def __init__(self, width=1400, height=1180):
        self._size = (width, height)

    def __enter__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="oxcnotif-browser.",
                                                    ignore_cleanup_errors=True)
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        for line in self._driver.stdout:
            match = re.search(r"successfully on port (\d+)", line)
            if match:
                self._base = f"http://127.0.0.1:{match[1]}"
                break
        else:
            raise RuntimeError("chromedriver did not start")
        options = {"args": [*FLAGS, f"--user-data-dir={self._profile.name}",
                            f"--window-size={self._size[0]},{self._size[1]}"]}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self._base += f"/session/{session['sessionId']}"
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait()
            self._driver.stdout.close()
            self._profile.cleanup()

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, {
            "Content-Type": "application/json"}, method=method)
        # Not through a proxy of the environment: the driver is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def open(self, path):
        """Opens a file and returns how long that took."""
        begin = time.monotonic()
        self._call("POST", "/url", {"url": path.as_uri()})
        return time.monotonic() - begin

    def run(self, script, *arguments):
        """The value that a script returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def after_drawing(self, script):
        """The same, once what was asked for has been drawn."""
        return self._call("POST", "/execute/async", {"script": (
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => "
            f"done((() => {{ {script} }})())));"), "args": []})

    def messages(self):
        """What the page complained about."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def mouse(self, *actions):
        self._call("POST", "/actions", {"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": list(actions)}]})

    def wheel(self, x, y, delta):
        self._call("POST", "/actions", {"actions": [{"type": "wheel", "id": "wheel", "actions": [
            {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": delta, "duration": 0}]}]})

    def keys(self, *names):
        self._call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
            step for name in names for step in ({"type": "keyDown", "value": name},
                                                {"type": "keyUp", "value": name})]}]})

    def picture(self):
        """A PNG of the window."""
        return base64.b64decode(self._call("GET", "/screenshot"))

    def printed(self):
        """A PDF of the page."""
        return base64.b64decode(self._call("POST", "/print", {}))
