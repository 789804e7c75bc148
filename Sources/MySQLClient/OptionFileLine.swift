import Foundation
import Schema

/// One `name = value` line of an option file.
struct OptionFileLine {
    enum Content {
        case blank
        case group(String)
        case option(OptionFileLine)
    }

    /// In lower case, with `-` for `_` and without `loose-`.
    let name: String
    /// Written as `loose-name`: programs that do not know the option ignore it.
    let isLoose: Bool
    /// Nil where the line has only a name.
    let value: String?
    let line: Int

    static func read(
        _ line: Substring, number: Int, file: OptionFileAccess
    ) throws(MySQLError) -> Content {
        let text = withoutComment(line).trimmingCharacters(in: .whitespaces)
        guard let first = text.first, first != ";" else { return .blank }
        if first == "!" { throw file.error("Plumb follows no !include", number) }
        if first == "[" {
            guard text.hasSuffix("]") else { throw file.error("a group without its ]", number) }
            return .group(
                text.dropFirst().dropLast().trimmingCharacters(in: .whitespaces).lowercased())
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var name = parts[0].trimmingCharacters(in: .whitespaces).lowercased()
            .replacing("_", with: "-")
        guard !name.isEmpty else { throw file.error("a value without a name", number) }
        let isLoose = name.hasPrefix("loose-")
        if isLoose { name.removeFirst("loose-".count) }
        let value = parts.count > 1 ? unquoted(parts[1]) : nil
        return .option(
            OptionFileLine(name: name, isLoose: isLoose, value: value, line: number))
    }

    /// The value; throws where it is missing.
    func text(_ file: OptionFileAccess) throws(MySQLError) -> String {
        guard let value, !value.isEmpty else { throw file.error("\(name) has no value", line) }
        return value
    }

    /// The value of a switch; without one it is on.
    func isOn(_ file: OptionFileAccess) throws(MySQLError) -> Bool {
        switch value?.lowercased() {
        case nil, "1", "on", "true": return true
        case "0", "off", "false": return false
        default: throw file.error("\(name) is neither on nor off", line)
        }
    }

    /// The line without its comment, which begins at a `#` outside of quotes.
    private static func withoutComment(_ line: Substring) -> Substring {
        var quote: Character?
        var escaped = false
        for index in line.indices {
            let character = line[index]
            if quote == nil, character == "#" { return line[..<index] }
            if escaped {
                escaped = false
            } else if character == "\\", quote != nil {
                escaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            }
        }
        return line
    }

    private static func unquoted(_ raw: Substring) -> String {
        var text = raw.trimmingCharacters(in: .whitespaces)[...]
        if let quote = text.first, quote == "'" || quote == "\"", text.count > 1,
            text.last == quote
        {
            text = text.dropFirst().dropLast()
        }
        var result = ""
        var rest = text.makeIterator()
        while let character = rest.next() {
            guard character == "\\" else {
                result.append(character)
                continue
            }
            switch rest.next() {
            case "b": result.append("\u{8}")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case "s": result.append(" ")
            case "\\", nil: result.append("\\")
            case let other?: result += "\\\(other)"
            }
        }
        return result
    }
}

/// Reads an option file, and makes the errors about it.
///
/// Errors never quote a line: each may contain the password.
struct OptionFileAccess {
    let path: String
    let server: ServerAddress

    func read() throws(MySQLError) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw error("cannot be read: \(String(cString: strerror(errno)))")
        }
        let mode = status.st_mode & 0o7777
        let permissions = "mode 0\(String(mode, radix: 8)), owner \(status.st_uid)"
        guard mode & 0o002 == 0 else {
            throw error("anybody can write to it (\(permissions)): chmod o-w it")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw self.error(
                "cannot be read by user \(geteuid()) (\(permissions)): let that user read it")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw error("is not UTF-8 text")
        }
        return text
    }

    func error(_ what: String, _ line: Int? = nil) -> MySQLError {
        let place = line.map { "\(path):\($0)" } ?? path
        return MySQLError(
            kind: .configuration, message: "option file \(place): \(what)", server: server)
    }
}
