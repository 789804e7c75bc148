import Foundation

/// As much of JSON Schema 2020-12 as the shipped schemas use; an unknown keyword is a problem.
package struct SchemaValidator {
    private let root: [String: Any]

    package init(_ text: Data) throws {
        guard let object = try JSONSerialization.jsonObject(with: text) as? [String: Any] else {
            throw TestSupportError("the JSON Schema is no object")
        }
        root = object
    }

    /// The shipped schema of that name.
    package init(shipped name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let file = folder.appending(path: "../../../docs/\(name).schema.json").standardizedFileURL
        try self.init(Data(contentsOf: file))
    }

    package func problems(in text: String) throws -> [String] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return problems(value, root, "$")
    }

    private static let annotations: Set<String> = ["$schema", "title", "description", "$defs"]

    private func problems(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
        schema.flatMap { keyword, rule -> [String] in
            Self.annotations.contains(keyword)
                ? [] : check(keyword, rule, value, schema, path)
        }
    }

    private func check(
        _ keyword: String, _ rule: Any, _ value: Any, _ schema: [String: Any], _ path: String
    ) -> [String] {
        switch (keyword, rule) {
        case ("$ref", let name as String):
            let definitions = root["$defs"] as? [String: Any]
            guard let target = definitions?[String(name.dropFirst(8))] as? [String: Any] else {
                return ["\(path): no definition \(name)"]
            }
            return problems(value, target, path)
        case ("anyOf", let options as [[String: Any]]):
            let fits = options.contains { problems(value, $0, path).isEmpty }
            return fits ? [] : ["\(path): fits no option"]
        case ("type", _):
            let types = rule as? [String] ?? [rule as? String ?? ""]
            return types.contains { isOf($0, value) } ? [] : ["\(path): is no \(types)"]
        case ("const", _): return same(rule, value) ? [] : ["\(path): is not \(rule)"]
        case ("enum", let options as [Any]):
            return options.contains { same($0, value) } ? [] : ["\(path): is none of \(options)"]
        case ("pattern", let pattern as String):
            guard let text = value as? String else { return [] }
            return text.range(of: pattern, options: .regularExpression) == nil
                ? ["\(path): does not match \(pattern)"] : []
        case ("minimum", let least as Int):
            return ((value as? Int) ?? least) < least ? ["\(path): below \(least)"] : []
        case ("items", let item as [String: Any]):
            return (value as? [Any] ?? []).enumerated().flatMap {
                problems($1, item, "\(path)[\($0)]")
            }
        case ("properties", let members as [String: [String: Any]]):
            let object = value as? [String: Any] ?? [:]
            return members.flatMap { name, rule in
                object[name].map { problems($0, rule, "\(path).\(name)") } ?? []
            }
        case ("required", let names as [String]):
            guard let object = value as? [String: Any] else { return [] }
            return names.filter { object[$0] == nil }.map { "\(path).\($0): is missing" }
        case ("additionalProperties", let isAllowed as Bool):
            guard !isAllowed, let object = value as? [String: Any] else { return [] }
            let known = (schema["properties"] as? [String: Any] ?? [:]).keys
            return object.keys.filter { !known.contains($0) }.map { "\(path).\($0): is unknown" }
        default: return ["\(path): the validator does not know \(keyword)"]
        }
    }

    private func isOf(_ type: String, _ value: Any) -> Bool {
        let isBoolean = (value as? NSNumber).map { ParsedBoolean.isBoolean($0) } ?? false
        return switch type {
        case "null": value is NSNull
        case "string": value is String
        case "boolean": isBoolean
        case "integer": value is Int && !isBoolean
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }

    private func same(_ left: Any, _ right: Any) -> Bool {
        if left is NSNull || right is NSNull { return left is NSNull && right is NSNull }
        if let left = left as? String { return left == right as? String }
        return (left as? Int) == (right as? Int) && left is Int
    }
}

private enum ParsedBoolean {
    /// Foundation's parser gives true and false a type of their own.
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
