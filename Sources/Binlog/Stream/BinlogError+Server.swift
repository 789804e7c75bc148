import MySQLClient

extension BinlogError {
    /// What went wrong on a session with the server.
    init(_ error: MySQLError) {
        self.init(Self.kind(of: error), error.fault, retry: error.retry)
    }

    private static func kind(of error: MySQLError) -> Kind {
        switch error.kind {
        case .lostConnection, .timeout, .unreachable, .connectionLimit: return .lostConnection
        case .missingGrant: return .missingGrant
        default: break
        }
        guard error.number == fatal else { return .server }
        let message = error.message.lowercased()
        if purgedWords.contains(where: message.contains) { return .purged }
        if damagedWords.contains(where: message.contains) { return .damaged }
        return .server
    }

    /// `ER_MASTER_FATAL_ERROR_READING_BINLOG`: what it is about, only its message says.
    private static let fatal: UInt32 = 1236

    private static let purgedWords = [
        "could not find first log file name", "could not find next log", "could not open log file",
        "purged", "impossible position", "position > file size", "is not in the master's binlog",
        "binlog state is", "diverged",
    ]

    private static let damagedWords = [
        "bogus data", "crc check failed", "binlog truncated", "corrupt", "checksum",
    ]
}
