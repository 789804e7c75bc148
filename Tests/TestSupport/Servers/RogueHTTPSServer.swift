import Foundation

/// An https server that answers as it is told, and writes down every request that it gets.
package final class RogueHTTPSServer {
    package struct Request: Decodable {
        /// Which of its connections it came on, from 0.
        package let connection: Int
        package let path: String
        package let authorization: String?
    }

    package let port: UInt16
    private let folder: TemporaryFolder
    private let program: BackgroundProgram

    /// - Parameters:
    ///   - pairs: the certificates that it shows, one connection after the other; the last stays.
    ///   - redirect: where it sends a request, and `asksFirst` whether only one with a token.
    package init(
        _ pairs: [Certificates.Pair], redirect: String? = nil, asksFirst: Bool = false
    ) throws {
        folder = try TemporaryFolder()
        port = try LoopbackPort.free()
        let scenario: [String: Any] = [
            "pairs": pairs.map { [$0.certificate, $0.key] }, "redirect": redirect ?? "",
            "asks_first": asksFirst, "port": Int(port),
        ]
        try JSONSerialization.data(withJSONObject: scenario)
            .write(to: URL(fileURLWithPath: folder.path + "/scenario.json"))
        try folder.write(Self.script, to: "serve.py")
        program = try BackgroundProgram("python3", [folder.path + "/serve.py", folder.path])
        try program.waits(for: folder.path + "/serving")
    }

    package func url(_ path: String, host: String = "localhost") -> String {
        "https://\(host):\(port)\(path)"
    }

    /// The requests so far; they are written down before they are answered.
    package func requests() throws -> [Request] {
        try String(contentsOfFile: folder.path + "/requests", encoding: .utf8)
            .split(separator: "\n").map {
                try JSONDecoder().decode(Request.self, from: Data($0.utf8))
            }
    }

    private static let script = """
        import http.server, json, ssl, sys

        folder = sys.argv[1]
        scenario = json.load(open(folder + "/scenario.json"))
        open(folder + "/requests", "w").close()
        contexts = []
        for certificate, key in scenario["pairs"]:
            contexts.append(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
            contexts[-1].load_cert_chain(certificate, key)

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                token = self.headers.get("Authorization")
                with open(folder + "/requests", "a") as file:
                    file.write(json.dumps({
                        "connection": self.server.count - 1, "path": self.path,
                        "authorization": token}) + "\\n")
                moved = self.path.startswith("/new/")
                wanted = token or not scenario["asks_first"]
                if scenario["redirect"] and wanted and not moved:
                    self.send_response(302)
                    self.send_header("Location", scenario["redirect"] + self.path)
                else:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()

            do_GET = do_POST = answer

            def log_message(self, *arguments):
                pass

        class Server(http.server.HTTPServer):
            count = 0

            def get_request(self):
                stream, address = super().get_request()
                stream.settimeout(20)
                context = contexts[min(self.count, len(contexts) - 1)]
                self.count += 1
                return context.wrap_socket(stream, server_side=True), address

            def handle_error(self, *arguments):
                pass

        server = Server(("127.0.0.1", scenario["port"]), Handler)
        open(folder + "/serving", "w").close()
        server.serve_forever()
        """
}
