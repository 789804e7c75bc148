/// The name of one shard: one database of a sharded namespace.
package struct ShardID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let namespace: String
    package let shard: String

    package init(namespace: String, shard: String) {
        self.namespace = namespace
        self.shard = shard
    }

    /// `namespace/shard`.
    package var description: String { "\(namespace)/\(shard)" }

    package static func < (left: ShardID, right: ShardID) -> Bool {
        (left.namespace, left.shard) < (right.namespace, right.shard)
    }
}

/// The key of an operation: one object of one shard.
package struct OperationKey: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let namespace: String
    package let shard: String
    package let object: ObjectName

    private enum CodingKeys: String, CodingKey {
        case namespace, shard
        case object = "table"
    }

    package init(shard: ShardID, object: ObjectName) {
        namespace = shard.namespace
        self.shard = shard.shard
        self.object = object
    }

    /// The shard that the operation changes.
    package var shardID: ShardID { ShardID(namespace: namespace, shard: shard) }

    /// `namespace/shard/object`, with the object's ``ObjectName/encoded`` name.
    package var description: String { "\(namespace)/\(shard)/\(object.encoded)" }

    package static func < (left: OperationKey, right: OperationKey) -> Bool {
        (left.namespace, left.shard, left.object) < (right.namespace, right.shard, right.object)
    }
}

/// Where a database server listens.
package enum ServerAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A name or address and a TCP port.
    case tcp(host: String, port: UInt16)
    /// The path of a Unix socket.
    case socket(path: String)

    /// Reads `name`, `name:port`, `[v6]:port` or `unix:/path`; nil for any other text.
    package init?(_ text: String, defaultPort: UInt16 = 3306) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/") else { return nil }
            self = .socket(path: path)
            return
        }
        var host = text[...]
        var port = defaultPort
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            if !rest.isEmpty {
                guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()) else { return nil }
                port = number
            }
        } else if let colon = text.firstIndex(of: ":") {
            guard text.lastIndex(of: ":") == colon,
                let number = UInt16(text[text.index(after: colon)...])
            else { return nil }
            host = text[..<colon]
            port = number
        }
        guard !host.isEmpty, port > 0, !host.contains(where: \.isWhitespace),
            host.utf8.allSatisfy(Self.isHostByte)
        else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    /// `host:port`, `[v6]:port` or `unix:/path`.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .socket(let path): "unix:\(path)"
        }
    }

    /// Allows only what a name or address needs: client libraries read more than a name out of a
    /// host, `a,b` as two hosts and `a;user=b` as settings.
    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
            true
        default: "-._:%".utf8.contains(byte)
        }
    }

    package static func < (left: ServerAddress, right: ServerAddress) -> Bool {
        left.description < right.description
    }
}

/// A place in a text file, counted from 1; columns count UTF-8 bytes.
package struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The path as the reader was given it.
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, as compilers print it.
    package var description: String { "\(file):\(line):\(column)" }
}

extension [String: String] {
    /// Whether these labels, of a shard, have all of `wanted`, with the same values.
    package func haveAll(_ wanted: [String: String]) -> Bool {
        wanted.allSatisfy { self[$0.key] == $0.value }
    }
}
