import Ledger
import Model
import Reconciler
import Views

/// Objects of the ledger by their names.
package enum ShowEndpoint {
    package static let show = Endpoint(
        "records.show", .get, "/records", .read, summary: "one object of the ledger, whole",
        parameters: [name], document: .other,
        check: { asked in
            guard try asked.required(name).count >= 4 else { throw tooShort }
        }
    ) { asked, session in
        let prefix = try asked.required(name)
        let store = session.ledger.store
        try store.ledger.requireMade()
        let found = try store.snapshot().map { try NamedRecords(snapshot: $0).all(prefix) } ?? []
        guard let object = found.first else {
            throw ConfigurationError(
                "the ledger holds nothing that begins with `\(prefix)`", kind: .notFound)
        }
        guard found.count == 1 else {
            let paths = found.map(\.path).joined(separator: ", ")
            throw UsageError(
                message: "`\(prefix)` is ambiguous: \(paths)", remedy: "give more digits")
        }
        let text = object.text.hasSuffix("\n") ? object.text : object.text + "\n"
        return Answer(
            note: "at \(object.path)", output: object.text.hasPrefix("{") ? .json : nil
        ) { _, _ in text }
    }

    static let name = Parameter(
        "name", .beginning, in: .query, isRequired: true, argument: "a digest", lack: tooShort,
        help: "the beginning of a digest or of an id, or a shard as `namespace/shard`")

    private static let tooShort = UsageError(
        message: "no digest, or one that is too short",
        remedy: "give one digest or its beginning, four digits at least")
}
