import Foundation

/// A small HTTP server on the loopback interface that gives each question the same answer, and
/// keeps what it was asked.
package final class AnsweringServer {
    private let temporary: TemporaryFolder
    private let program: BackgroundProgram
    private let isEncrypted: Bool
    package let port: UInt16

    /// What it was asked.
    package struct Question: Decodable, Sendable {
        package let method: String
        /// With the query.
        package let path: String
        /// By their names in small letters.
        package let headers: [String: String]
        package let body: String
    }

    /// An answer.
    package struct Answer: Encodable, Sendable {
        package var status = 200
        package var headers: [String: String] = [:]
        package var body = ""
        /// How often the body is sent, one time after the other.
        package var repeats = 1
        /// Whether nothing is sent until the client goes.
        package var isSilent = false

        package init(_ status: Int = 200, _ headers: [String: String] = [:], _ body: String = "") {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    /// - Parameter identity: with which it serves https; nil for http.
    package init(_ identity: Certificates.Pair? = nil) throws {
        temporary = try TemporaryFolder()
        port = try LoopbackPort.free()
        isEncrypted = identity != nil
        try temporary.write(Self.script, to: "serve.py")
        program = try BackgroundProgram(
            "python3",
            [temporary.path + "/serve.py", "\(port)", temporary.path]
                + (identity.map { [$0.certificate, $0.key] } ?? []))
        try program.waits(for: temporary.path + "/serving")
    }

    package func url(_ host: String = "127.0.0.1") -> String {
        "\(isEncrypted ? "https" : "http")://\(host):\(port)"
    }

    /// From now on it answers this.
    package func answer(_ answer: Answer) throws {
        let text = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
        try temporary.write(text, to: "answer.new")
        guard rename(temporary.path + "/answer.new", temporary.path + "/answer.json") == 0 else {
            throw TestSupportError("cannot replace the answer")
        }
    }

    /// What it was asked so far, in order.
    package var questions: [Question] {
        get throws {
            let lines = try? String(
                contentsOfFile: temporary.path + "/questions", encoding: .utf8)
            return try (lines ?? "").split(separator: "\n").map {
                try JSONDecoder().decode(Question.self, from: Data($0.utf8))
            }
        }
    }

    private static let script = """
        import http.server, json, ssl, sys

        port, folder, identity = int(sys.argv[1]), sys.argv[2], sys.argv[3:]

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with open(folder + "/questions", "a") as file:
                    file.write(json.dumps({
                        "method": self.command, "path": self.path, "headers": headers,
                        "body": body.decode()}) + "\\n")
                with open(folder + "/answer.json") as file:
                    answer = json.load(file)
                if answer["isSilent"]:
                    self.rfile.read(1)
                    return
                data = answer["body"].encode()
                self.send_response(answer["status"])
                for name, value in answer["headers"].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data) * answer["repeats"]))
                self.end_headers()
                try:
                    for _ in range(answer["repeats"]):
                        self.wfile.write(data)
                except OSError:
                    self.close_connection = True

            do_GET = do_POST = answer

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if identity:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*identity)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        open(folder + "/serving", "w").close()
        server.serve_forever()
        """
}
