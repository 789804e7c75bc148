import Schema

/// A fault in the schema repository: what, where, and what to do about it.
package struct Diagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Whether the fault stops the command.
    package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        case error
        case warning
    }

    package let severity: Severity
    package let code: Code
    /// What is wrong, on which object; one sentence without a full stop.
    package let message: String
    /// What to do about it, as an instruction.
    package let remedy: String
    /// The place in a file; nil where the message is about a whole file or folder.
    package let location: SourceLocation?
    /// The line in question, where it is known.
    package let excerpt: SourceExcerpt?

    package init(
        _ code: Code, _ message: String, remedy: String, at location: SourceLocation? = nil,
        severity: Severity = .error, excerpt: SourceExcerpt? = nil
    ) {
        self.excerpt = excerpt
        self.severity = severity
        self.code = code
        self.message = message
        self.remedy = remedy
        self.location = location
    }

    package var description: String {
        let place = location.map { "\($0): " } ?? ""
        return "\(place)\(severity.rawValue): \(message) [\(code.rawValue)]; \(remedy)"
    }
}

/// A line of a file, and how much of it is marked, beginning at the diagnostic's column.
package struct SourceExcerpt: Hashable, Sendable, Codable {
    /// The line without its line break.
    package let line: String
    /// The length of the mark in bytes; at least 1.
    package let length: Int
}

extension Diagnostic {
    /// Every kind of fault that reading a schema repository can find.
    ///
    /// The raw values are an interface: users filter and suppress by them.
    package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        // The text of a YAML file.
        case invalidYAML = "invalid-yaml"
        case duplicateKey = "duplicate-key"
        case limitExceeded = "limit-exceeded"

        // The shape of plumb.yaml.
        case unknownKey = "unknown-key"
        case missingKey = "missing-key"
        case wrongType = "wrong-type"
        case invalidValue = "invalid-value"
        case unsupported = "unsupported"
        case unsupportedVersion = "unsupported-version"
        case plaintextPassword = "plaintext-password"

        // What plumb.yaml refers to.
        case danglingNamespace = "dangling-namespace"
        case danglingEnvironment = "dangling-environment"
        case danglingHost = "dangling-host"
        case danglingPath = "dangling-path"
        case danglingRef = "dangling-ref"
        case dependencyCycle = "dependency-cycle"
        case duplicateShard = "duplicate-shard"
        case duplicateDatabase = "duplicate-database"
        case selectsNothing = "selects-nothing"
        case conflictingPins = "conflicting-pins"
        case conflictingOverlays = "conflicting-overlays"
        case conflictingRename = "conflicting-rename"
        case danglingRename = "dangling-rename"
        case retiredTableDefined = "retired-table-defined"
        case unmappedHost = "unmapped-host"
        case unusedHost = "unused-host"
        case noShards = "no-shards"
        case belowRequirement = "below-requirement"
        case discoveryFailed = "discovery-failed"

        // The schema folders.
        case unreadableSource = "unreadable-source"
        case refusedEntry = "refused-entry"
        case emptySchema = "empty-schema"
        case emptyFile = "empty-file"
        case invalidSQL = "invalid-sql"
        case unsupportedStatement = "unsupported-statement"
        case unsupportedName = "unsupported-name"
        case qualifiedTable = "qualified-table"
        case duplicateTable = "duplicate-table"
        case danglingForeignKey = "dangling-foreign-key"
        case danglingLike = "dangling-like"
        case likeCycle = "like-cycle"
        case danglingTrigger = "dangling-trigger"
        case triggerCycle = "trigger-cycle"
        case letterCase = "letter-case"

        // The approval files.
        case invalidApproval = "invalid-approval"
    }
}

/// The schema repository cannot be used as it is, for all the reasons that were found.
package struct DesiredError: Error, Sendable, CustomStringConvertible {
    /// At least one error, and the warnings that were found as well.
    package let diagnostics: [Diagnostic]
    /// The underlying error where reading failed; it tells whether trying again can help.
    package let cause: (any Error)?

    package init(_ diagnostics: [Diagnostic], cause: (any Error)? = nil) {
        self.diagnostics = diagnostics
        self.cause = cause
    }

    package var description: String {
        diagnostics.map(\.description).joined(separator: "\n")
    }
}

/// Collects what one reading finds, so that a user sees all faults at once.
final class DiagnosticList {
    private(set) var all: [Diagnostic] = []
    /// The first failure to read a file or folder.
    private(set) var cause: (any Error)?

    private(set) var errorCount = 0

    var hasErrors: Bool { errorCount > 0 }

    func add(_ diagnostic: Diagnostic, cause: (any Error)? = nil) {
        all.append(diagnostic)
        if diagnostic.severity == .error { errorCount += 1 }
        if self.cause == nil { self.cause = cause }
    }

    func error(
        _ code: Diagnostic.Code, _ message: String, remedy: String, at location: SourceLocation?
    ) {
        add(Diagnostic(code, message, remedy: remedy, at: location))
    }

    func warning(
        _ code: Diagnostic.Code, _ message: String, remedy: String, at location: SourceLocation?
    ) {
        add(
            Diagnostic(code, message, remedy: remedy, at: location, severity: .warning))
    }

    /// Throws everything that was collected, if at least one of it is an error.
    func check() throws(DesiredError) {
        if hasErrors { throw DesiredError(sorted, cause: cause) }
    }

    /// Each diagnostic once, by file, line and column; those without a place first.
    var sorted: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        let unique = all.filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { left, right in
            key(left.element, left.offset) < key(right.element, right.offset)
        }.map(\.element)
    }

    private func key(_ diagnostic: Diagnostic, _ offset: Int) -> (String, Int, Int, Int) {
        let place = diagnostic.location
        return (place?.file ?? "", place?.line ?? 0, place?.column ?? 0, offset)
    }
}
