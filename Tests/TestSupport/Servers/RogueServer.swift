import Foundation

/// A server that speaks MySQL's handshake as it is told, and writes down all that it is sent.
package final class RogueServer {
    /// What it does with each connection.
    package struct Scenario: Encodable {
        /// Packets that it pushes in right behind its greeting, in clear.
        package struct Injected: Encodable {
            let sequence: Int
            let bytes: String

            package init(sequence: Int, _ bytes: [UInt8]) {
                self.sequence = sequence
                self.bytes = RogueServer.hex(bytes)
            }
        }

        /// The plug-in that the greeting names.
        package var plugin = "mysql_native_password"
        /// The plug-ins that it asks for afterwards, in turn; `old` is the oldest form of all.
        package var switches: [String] = []
        /// Capabilities that the greeting leaves out.
        package var without: [Int] = []
        package var injected: [Injected] = []
        /// Sent in place of a greeting, in hex.
        package var first: String?
        /// Sent in place of the welcome, in hex.
        package var verdict: String?
        /// The file that it asks for at every statement.
        package var infile: String?
        /// Whether it asks for it in a second result, behind a good one.
        package var infileIsSecond = false
        /// nil: it offers no TLS.
        package var certificate: String?
        package var key: String?

        package init(
            plugin: String = "mysql_native_password", switches: [String] = [],
            pair: Certificates.Pair? = nil
        ) {
            self.plugin = plugin
            self.switches = switches
            certificate = pair?.certificate
            key = pair?.key
        }
    }

    package struct Packet: Decodable, Sendable, Equatable {
        package enum Channel: String, Decodable, Sendable {
            case clear, tls
        }

        package let channel: Channel
        package let bytes: [UInt8]

        private enum Key: CodingKey { case channel, bytes }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            channel = try fields.decode(Channel.self, forKey: .channel)
            let hex = Array(try fields.decode(String.self, forKey: .bytes))
            bytes = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
                UInt8(String(hex[$0...$0 + 1]), radix: 16)
            }
        }

        package func contains(_ text: String) -> Bool {
            let wanted = Array(text.utf8)
            guard bytes.count >= wanted.count else { return false }
            return (0...bytes.count - wanted.count).contains {
                Array(bytes[$0..<$0 + wanted.count]) == wanted
            }
        }
    }

    package let port: UInt16
    private let folder: TemporaryFolder
    private let program: BackgroundProgram
    private var connections = 0

    package init(_ scenario: Scenario) throws {
        folder = try TemporaryFolder()
        let described = String(decoding: try JSONEncoder().encode(scenario), as: UTF8.self)
        try folder.write(described, to: "scenario.json")
        try folder.write(RogueProgram.text, to: "rogue.py")
        try folder.write(try Self.publicKey.get(), to: "public.pem")
        program = try BackgroundProgram("python3", [folder.path + "/rogue.py", folder.path])
        let text = try Self.wait(for: folder.path + "/port", of: program)
        guard let port = UInt16(text) else { throw TestSupportError("no port: \(text)") }
        self.port = port
    }

    /// What it is sent on the one connection that `body` makes and closes.
    package func receives(during body: () throws -> Void) throws -> [Packet] {
        try body()
        defer { connections += 1 }
        let text = try Self.wait(for: folder.path + "/record-\(connections)", of: program)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode(Packet.self, from: Data($0.utf8))
        }
    }

    /// Whether somebody connected to it that nobody waited for.
    package var hasOthers: Bool { access(folder.path + "/record-\(connections)", F_OK) == 0 }

    package static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// The key that it shows to whoever asks for one.
    private static let publicKey = Result {
        let key = try Shell.check("openssl", ["genrsa", "2048"])
        return try Shell.check("openssl", ["rsa", "-pubout"], input: key)
    }

    /// The text of a file that the program puts in its place when it is whole.
    private static func wait(for path: String, of program: BackgroundProgram) throws -> String {
        try program.waits(for: path)
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
