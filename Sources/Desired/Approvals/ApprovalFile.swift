import Foundation
import Git
import Schema

/// A decision about a plan's step: a file `approvals/<digest>.yaml` of the schema repository.
package struct ApprovalFile: Hashable, Sendable {
    /// Whether the step may run.
    package enum Decision: String, Hashable, Sendable, CaseIterable, FleetChoice {
        static let title = "decision"
        case approve
        case deny
    }

    /// The step's digest, which is also the file's name.
    package let digest: Digest
    package let decision: Decision
    package let approver: String
    package let reason: String
    package let given: Date
    /// When the approval ends; nil to end after the policy's lifetime.
    package let expires: Date?
    package let location: SourceLocation

    /// The folder of the approvals, from the root of the schema repository.
    package static let folder = "approvals"

    /// Every approval in `tree`, by digest; empty where there is no such folder.
    ///
    /// Throws all faults of all files together; a file that cannot be read is never an approval.
    package static func readAll(_ tree: any SourceTree) throws(DesiredError) -> [ApprovalFile] {
        let diagnostics = DiagnosticList()
        let files = ApprovalReader(tree: tree, diagnostics: diagnostics).all()
        try diagnostics.check()
        return files.sorted { $0.digest < $1.digest }
    }
}

enum ApprovalKey: String, FleetKey {
    static let title = "approval"
    static let what = "an approval"
    static let required: Set<ApprovalKey> = [.digest, .approver, .reason, .given]
    case digest, decision, approver, reason, given, expires
}

private struct ApprovalReader {
    let tree: any SourceTree
    let diagnostics: DiagnosticList

    private var reader: NodeReader { NodeReader(diagnostics: diagnostics) }

    func all() -> [ApprovalFile] {
        do {
            return try tree.entries(of: ApprovalFile.folder).compactMap(file)
        } catch  where error.code == .notFound {
            return []
        } catch {
            diagnostics.add(
                Diagnostic(
                    .unreadableSource,
                    "the folder `\(ApprovalFile.folder)` cannot be read: \(error)",
                    remedy: "make it readable and try again"), cause: error)
            return []
        }
    }

    private func file(_ entry: SourceEntry) -> ApprovalFile? {
        let path = "\(ApprovalFile.folder)/\(entry.name)"
        let start = SourceLocation(file: path, line: 1, column: 1)
        let parts = entry.name.split(separator: ".", omittingEmptySubsequences: false)
        let isYAML = ["yaml", "yml"].contains(parts.last?.lowercased())
        guard entry.kind == .file else {
            diagnostics.error(
                .refusedEntry, "`\(path)` is a \(entry.kind.rawValue), not a file",
                remedy: "keep files only in `\(ApprovalFile.folder)`", at: start)
            return nil
        }
        guard isYAML else { return nil }
        guard parts.count == 2, parts[1] == "yaml", let digest = Digest(hex: parts[0]) else {
            diagnostics.error(
                .invalidApproval, "`\(path)` is not named after a digest",
                remedy: "name it `<digest>.yaml` with all 64 digits, as the plan shows it",
                at: start)
            return nil
        }
        do {
            let bytes = try tree.read(path)
            return YAMLReader.read(bytes, file: path, into: diagnostics)
                .flatMap { approval($0, named: digest) }
        } catch {
            diagnostics.add(
                Diagnostic(
                    .unreadableSource, "the file `\(path)` cannot be read: \(error)",
                    remedy: "make it readable and try again", at: start), cause: error)
            return nil
        }
    }

    private func approval(_ node: YAMLNode, named name: Digest) -> ApprovalFile? {
        guard let fields = reader.fields(node, ApprovalKey.self) else { return nil }
        let digest = fields.read(.digest) { node, what in
            self.digest(node, what, named: name)
        }
        let decision = fields.read(.decision) {
            reader.choice($0, $1, ApprovalFile.Decision.self)
        }
        let approver = fields.read(.approver, reader.string)
        let reason = fields.read(.reason, reader.string)
        let given = fields.read(.given, date)
        let expires = fields.read(.expires, date)
        if fields[.decision] != nil, decision == nil { return nil }
        if fields[.expires] != nil, expires == nil { return nil }
        guard let digest, let approver, let reason, let given else { return nil }
        if let expires, expires <= given, let place = fields[.expires] {
            diagnostics.error(
                .invalidApproval, "the approval expires before it is given",
                remedy: "correct `given` or `expires`", at: place.location)
            return nil
        }
        return ApprovalFile(
            digest: digest, decision: decision ?? .approve, approver: approver, reason: reason,
            given: given, expires: expires, location: node.location)
    }

    private func digest(_ node: YAMLNode, _ what: String, named name: Digest) -> Digest? {
        // 64 digits without a letter are a number in YAML, and nevertheless a digest.
        guard case .scalar(let scalar) = node.content, let digest = Digest(hex: scalar.text)
        else { return reader.invalid(node, "\(what) is not 64 hexadecimal digits", "correct it") }
        guard digest == name else {
            diagnostics.error(
                .invalidApproval,
                "\(what) is \(digest.short)…, and the file is named "
                    + "\(name.short)…", remedy: "give both the digest that the plan shows",
                at: node.location)
            return nil
        }
        return digest
    }

    private func date(_ node: YAMLNode, _ what: String) -> Date? {
        guard let text = reader.string(node, what) else { return nil }
        guard let date = try? Date(text, strategy: .iso8601) else {
            return reader.invalid(
                node, "\(what) is `\(text)`, which is not a time",
                "write it like `2026-11-20T18:04:00Z`")
        }
        return date
    }
}
