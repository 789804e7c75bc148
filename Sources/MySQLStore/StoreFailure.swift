import MySQLClient
import Store

extension StoreError {
    /// What an error of the server means for the store at `place`.
    init(_ error: MySQLError, at place: String) {
        let code: Code =
            switch error.kind {
            case .unknownDatabase, .unknownTable: .unreadable
            case .lockWaitTimeout: .locked
            case .deadlock: .busy
            case .diskFull: .diskFull
            default: error.retry == .indeterminate ? .indeterminate : .unreadable
            }
        let fault =
            code == .locked
            ? "another process is writing to \(place)" : "\(place): \(error.fault)"
        self.init(code, fault, remedy: error.remedy)
    }
}

extension MySQLError {
    /// Whether a transaction was taken back for the sake of another one, on this node or, in a
    /// cluster, on another: it may be tried again as it was.
    var isConflict: Bool { kind == .deadlock }
}
