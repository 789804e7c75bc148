import Foundation
import Schema

/// A pattern for servers: `db-*.internal:3306`, `10.1.2.*`, `[fd00::1]`, `unix:/run/*/m.sock`.
///
/// A `*` stands for any text within one label of a name, one number of an IPv4 address or one
/// component of a path, never across a `.` or `/`; as a port it stands for any. Without a port it
/// means 3306. Names are compared in lower case and without a dot at the end.
package struct HostPattern: Hashable, Sendable, CustomStringConvertible {
    package struct Fault: Error, Equatable {
        /// What is wrong, to be read behind the pattern.
        package let message: String
    }

    private enum Form: Hashable {
        /// The labels of a host's name.
        case name([String], Port)
        /// The four numbers of an IPv4 address; nil for `*`.
        case address4([UInt8?], Port)
        case address6([UInt8], Port)
        /// The components of the socket's path.
        case socket([String])
    }

    private enum Port: Hashable {
        case any
        case exactly(UInt16)

        func matches(_ port: UInt16) -> Bool {
            switch self {
            case .any: true
            case .exactly(let own): own == port
            }
        }
    }

    /// The pattern as written in the file.
    package let written: String
    private let form: Form

    package var description: String { written }

    package init(_ text: String) throws(Fault) {
        written = text
        if text.hasPrefix("unix:") {
            guard let path = HostText.components(text.dropFirst(5)), !path.isEmpty,
                !text.contains("?")
            else {
                throw Fault(message: "is not `unix:` and an absolute path without `.` and `..`")
            }
            form = .socket(path)
            return
        }
        let (host, portText) = try Self.split(text)
        let port = try Self.port(portText)
        if text.hasPrefix("[") {
            guard let bytes = HostText.address6(host) else {
                throw Fault(message: "has no IPv6 address in its brackets")
            }
            form = .address6(bytes, port)
        } else if let numbers = try Self.address4(host) {
            form = .address4(numbers, port)
        } else {
            form = .name(try Self.labels(host), port)
        }
    }

    /// Whether the pattern matches `server`; never where that is not a plain name or address.
    package func matches(_ server: ServerAddress) -> Bool {
        switch (server, form) {
        case (.socket(let path), .socket(let own)):
            guard let components = HostText.components(path[...]) else { return false }
            return Self.match(components, own)
        case (.tcp(let host, let port), .name(let own, let ownPort)):
            guard ownPort.matches(port), let labels = HostText.labels(host) else { return false }
            return Self.match(labels, own)
        case (.tcp(let host, let port), .address4(let own, let ownPort)):
            guard ownPort.matches(port), let numbers = HostText.address4(host) else {
                return false
            }
            return zip(numbers, own).allSatisfy { $1 == nil || $0 == $1 }
        case (.tcp(let host, let port), .address6(let own, let ownPort)):
            return ownPort.matches(port) && HostText.address6(host[...]) == own
        case (.tcp, .socket), (.socket, .name), (.socket, .address4), (.socket, .address6):
            return false
        }
    }

    private static func match(_ parts: [String], _ patterns: [String]) -> Bool {
        parts.count == patterns.count && zip(parts, patterns).allSatisfy { Glob.matches($0, $1) }
    }

    // MARK: Reading

    private static func split(_ text: String) throws(Fault) -> (Substring, Substring?) {
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else {
                throw Fault(message: "has a `[` without its partner")
            }
            let host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard !rest.isEmpty else { return (host, nil) }
            guard rest.hasPrefix(":") else { throw Fault(message: "has no `:` behind its `]`") }
            return (host, rest.dropFirst())
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw Fault(message: "has several `:`; an IPv6 address stands in `[` and `]`")
        }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    private static func port(_ text: Substring?) throws(Fault) -> Port {
        guard let text else { return .exactly(3306) }
        if text == "*" { return .any }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text),
            port > 0
        else { throw Fault(message: "has a port that is no number from 1 to 65535 and not `*`") }
        return .exactly(port)
    }

    /// The numbers of `10.1.2.*`; nil where the text is no such pattern.
    private static func address4(_ host: Substring) throws(Fault) -> [UInt8?]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = parts.last, HostText.isNumeric(last) || isNumericPrefix(parts) else {
            return nil
        }
        let numbers = parts.map { part -> UInt8?? in
            part == "*" ? .some(nil) : HostText.octet(part).map { .some($0) }
        }
        guard parts.count == 4, numbers.allSatisfy({ $0 != nil }) else {
            throw Fault(message: "is not four numbers from 0 to 255 or `*`, like `10.1.2.*`")
        }
        return numbers.map { $0 ?? nil }
    }

    /// Whether it begins with a number and consists of numbers and stars only.
    private static func isNumericPrefix(_ parts: [Substring]) -> Bool {
        guard let first = parts.first, HostText.isNumeric(first) else { return false }
        return parts.allSatisfy { $0 == "*" || HostText.isNumeric($0) }
    }

    private static func labels(_ host: Substring) throws(Fault) -> [String] {
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
            .map(String.init)
        guard labels.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isPatternByte) }) else {
            throw Fault(
                message: "is not a name of letters, digits, `-`, `_` and `*` with dots between")
        }
        return labels
    }

    private static func isPatternByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || HostText.isNameByte(byte)
    }
}

/// Hosts in their one unambiguous form.
enum HostText {
    /// The labels of a name in lower case; nil where it is no name, or could be read as an address.
    static func labels(_ host: String) -> [String]? {
        var text = host.lowercased()
        if text.hasSuffix(".") { text.removeLast() }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253,
            labels.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isNameByte) }),
            // The system reads `167838211` and `0x0a010203` as IPv4 addresses.
            let last = labels.last, !isNumeric(last)
        else { return nil }
        return labels.map(String.init)
    }

    /// The four numbers of an IPv4 address without leading zeros.
    static func address4(_ host: String) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(octet)
        return parts.count == 4 && numbers.count == 4 ? numbers : nil
    }

    /// The sixteen bytes of an IPv6 address without a zone.
    static func address6(_ host: Substring) -> [UInt8]? {
        guard host.contains(":"), !host.contains("%") else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, String(host), &bytes) == 1 ? bytes : nil
    }

    /// The components of an absolute path; nil where one is empty, `.` or `..`.
    static func components(_ path: Substring) -> [String]? {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        return parts.map(String.init)
    }

    /// A number from 0 to 255 without leading zeros, which some read as octal.
    static func octet(_ text: Substring) -> UInt8? {
        guard (1...3).contains(text.utf8.count), text == "0" || !text.hasPrefix("0"),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return UInt8(text)
    }

    /// Whether the system would read a name that ends with this label as an IPv4 address.
    static func isNumeric(_ label: Substring) -> Bool {
        let text = label.lowercased()
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        let isHex = text.hasPrefix("0x")
        guard isHex || !digits.isEmpty else { return false }
        return digits.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (isHex && (0x61...0x66).contains(byte))
        }
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
