extension RecordedForge {
    /// The server's program: answers as GitHub and GitLab do, and writes down what it was asked.
    static let program = """
        import base64, gzip, http.server, json, sys, threading, urllib.parse

        port, folder = int(sys.argv[1]), sys.argv[2]
        tokens = {"good-token": "github-actions[bot]", "other-token": "octocat"}
        lock = threading.Lock()

        def load(name, otherwise):
            try:
                with open(folder + "/" + name) as file:
                    return json.load(file)
            except FileNotFoundError:
                return otherwise

        def store(name, value):
            with open(folder + "/" + name, "w") as file:
                json.dump(value, file)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                with lock:
                    fault = self.fault()
                    if fault and fault.get("races"):
                        comments = load("comments.json", [])
                        marker = json.loads(body)["body"].split("\\n")[0]
                        comments.append({
                            "id": 500, "author": self.user(), "body": marker + "\\nanother run"})
                        store("comments.json", comments)
                        status, value = self.route(body)
                    elif fault and not fault.get("late"):
                        status, value = fault["status"], {"message": fault.get("message", "no")}
                    else:
                        status, value = self.route(body)
                        if fault:
                            status, value = fault["status"], {"message": "it came to pass"}
                    with open(folder + "/requests", "a") as file:
                        file.write(json.dumps({
                            "method": self.command, "path": self.path, "status": status, "body": body,
                            "headers": {k.lower(): v for k, v in self.headers.items()}}) + "\\n")
                data = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                for name, text in (fault or {}).get("headers", {}).items():
                    self.send_header(name, text)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def fault(self):
                faults = load("faults.json", [])
                for place, fault in enumerate(faults):
                    if fault["method"] == self.command and fault["path"] in self.path:
                        if not fault.get("always"):
                            del faults[place]
                            store("faults.json", faults)
                        return fault

            def user(self):
                token = self.headers.get("PRIVATE-TOKEN") or ""
                scheme, _, rest = (self.headers.get("Authorization") or "").partition(" ")
                return tokens.get(rest if scheme == "Bearer" else token)

            def route(self, body):
                user = self.user()
                if user is None:
                    return 401, {"message": "Bad credentials"}
                path, _, query = self.path.partition("?")
                asked = dict(urllib.parse.parse_qsl(query))
                isLab = path.startswith("/api/v4/")
                if path == "/graphql":
                    return 200, {"data": {"viewer": {"login": user}}}
                if path == "/api/v4/user":
                    return 200, {"id": 1, "username": user}
                if path.endswith("/code-scanning/sarifs"):
                    sent = json.loads(body)
                    sarif = gzip.decompress(base64.b64decode(sent["sarif"])).decode()
                    store("sarif.json", {"ref": sent["ref"], "commit": sent["commit_sha"], "text": sarif})
                    return 202, {"id": "47177e22"}
                notes = "/api/v4/projects/5/merge_requests/7/notes"
                lists = [notes] if isLab else ["/repos/o/r/issues/7/comments"]
                one = notes + "/" if isLab else "/repos/o/r/issues/comments/"
                comments = load("comments.json", [])
                if self.command == "GET" and path in lists:
                    size, page = int(asked.get("per_page", 30)), int(asked.get("page", 1))
                    return 200, [self.shown(c, isLab) for c in comments[(page - 1) * size:page * size]]
                if self.command == "POST" and path in lists:
                    text = json.loads(body)["body"]
                    if len(text) > (1000000 if isLab else 65536):
                        return 422, {"message": "Body is too long"}
                    comments.append({"id": 1000 + len(comments), "author": user, "body": text})
                    store("comments.json", comments)
                    return 201, self.shown(comments[-1], isLab)
                if self.command == ("PUT" if isLab else "PATCH") and path.startswith(one):
                    for comment in comments:
                        if path == one + str(comment["id"]):
                            comment["body"] = json.loads(body)["body"]
                            store("comments.json", comments)
                            return 200, self.shown(comment, isLab)
                if self.command == "DELETE" and path.startswith(one):
                    kept = [c for c in comments if path != one + str(c["id"])]
                    store("comments.json", kept)
                    return (204 if len(kept) < len(comments) else 404), None
                return 404, {"message": "Not Found"}

            def shown(self, comment, isLab):
                if isLab:
                    return {"id": comment["id"], "body": comment["body"], "system": False,
                            "author": {"id": 1, "username": comment["author"]}}
                return {"url": "https://x/%d" % comment["id"], "id": comment["id"],
                        "user": {"login": comment["author"], "id": 1}, "body": comment["body"],
                        "reactions": {"url": "x", "total_count": 0}}

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        open(folder + "/serving", "w").close()
        server.serve_forever()
        """
}
