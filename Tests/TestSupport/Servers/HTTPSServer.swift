import Foundation

/// A private https server on the loopback interface that serves repositories with git's own CGI
/// program, to whoever shows the token.
package final class HTTPSServer {
    private let temporary: TemporaryFolder
    private let program: BackgroundProgram
    package let port: UInt16
    package static let token = "token-4711-secret"

    package var folder: String { temporary.path }
    /// The authority that signed this server's certificate.
    package var authority: String { folder + "/certificate.pem" }

    package init() throws {
        temporary = try TemporaryFolder()
        port = try LoopbackPort.free()
        let folder = temporary.path
        try Shell.check(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                folder + "/key.pem", "-out", folder + "/certificate.pem",
            ])
        try temporary.write(Self.script, to: "serve.py")
        program = try BackgroundProgram(
            "python3", [folder + "/serve.py", "\(port)", folder, Self.token])
        try program.waits(for: folder + "/serving")
    }

    package func url(_ path: String) -> String { "https://localhost:\(port)\(path)" }

    private static let script = """
        import base64, http.server, os, ssl, subprocess, sys

        port, folder, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]
        wanted = "Basic " + base64.b64encode(("x-access-token:" + token).encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                if self.headers.get("Authorization") != wanted:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                environment = dict(
                    os.environ, GIT_PROJECT_ROOT="/", GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                    QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="x",
                    GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*",
                    CONTENT_TYPE=self.headers.get("Content-Type") or "",
                    CONTENT_LENGTH=str(len(body)))
                output = subprocess.run(
                    ["git", "http-backend"], input=body, env=environment,
                    stdout=subprocess.PIPE).stdout
                head, _, rest = output.partition(b"\\r\\n\\r\\n")
                fields = [line.split(": ", 1) for line in head.decode().split("\\r\\n")]
                status = [value for name, value in fields if name == "Status"]
                self.send_response(int(status[0].split()[0]) if status else 200)
                for name, value in fields:
                    if name != "Status":
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_GET = do_POST = answer

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/certificate.pem", folder + "/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        open(folder + "/serving", "w").close()
        server.serve_forever()
        """
}
