import MySQLClient
import Store

extension StoreError {
    /// What an error of the server means for the store at `place`.
    init(_ error: MySQLError, at place: String) {
        let code: Code =
            switch error.kind {
            case .unknownDatabase, .unknownTable: .unreadable
            // Whoever gets this has waited: trying once more at once would not help.
            case .lockWaitTimeout, .deadlock: .locked
            case .diskFull: .diskFull
            default: error.retry == .indeterminate ? .indeterminate : .unreadable
            }
        let fault =
            code == .locked
            ? "another process is writing to \(place)" : "\(place): \(error.fault)"
        self.init(code, fault, remedy: error.remedyForStore)
    }
}
