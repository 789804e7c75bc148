import MySQLClient

/// A server whose binary log has each change of each row, with all of its columns.
package struct BinlogSource: Hashable, Sendable {
    /// Where the log ended when it was asked.
    package let position: BinlogPosition

    /// Checks the server's settings, and asks where its log ends.
    ///
    /// Throws `wrongFormat` where changes or parts of rows would be missing, and `missingGrant`
    /// where the account may not ask.
    package init(on connection: Connection) throws(BinlogError) {
        let values: [String: String]
        let status: Row?
        do throws(MySQLError) {
            values = try Self.settings(of: connection)
            status = values["log_bin"] == "ON" ? try Self.status(of: connection) : nil
        } catch {
            throw BinlogError(error)
        }
        let server = connection.server
        if let fault = Self.fault(of: values) {
            throw BinlogError(.wrongFormat, "\(server): \(fault)")
        }
        guard let file = status?[0], let offset = status?[1].flatMap({ UInt64($0) }) else {
            throw BinlogError(.wrongFormat, "\(server): it does not say where its log ends")
        }
        // The databases that it logs only, and those that it does not log.
        for (place, option) in [(2, "binlog-do-db"), (3, "binlog-ignore-db")] {
            guard let status, place < status.count, let names = status[place], !names.isEmpty else {
                continue
            }
            throw BinlogError(
                .wrongFormat,
                "\(server): \(option)=\(names) leaves databases out of its binary log")
        }
        position = BinlogPosition(file: file, offset: offset)
    }

    /// A setting, what it has to be, and why.
    private static let needs: [(name: String, values: Set<String>, reason: String)] = [
        ("log_bin", ["ON"], "it keeps no binary log"),
        ("binlog_format", ["ROW"], "changes are logged as statements"),
        ("binlog_row_image", ["FULL"], "rows are logged without some of their columns"),
        ("binlog_row_value_options", [""], "only what changed inside JSON values is logged"),
        ("binlog_transaction_compression", ["OFF"], "transactions are logged compressed"),
    ]

    private static func settings(of connection: Connection) throws(MySQLError) -> [String: String] {
        let names = needs.map { "'\($0.name)'" }.joined(separator: ", ")
        let rows = try connection.query(
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(names))")
        return Dictionary(
            rows.map { ($0[0]?.lowercased() ?? "", $0[1]?.uppercased() ?? "") },
            uniquingKeysWith: { $1 })
    }

    /// The first setting that is wrong; one that the server has not is none.
    private static func fault(of settings: [String: String]) -> String? {
        guard settings["log_bin"] != nil else { return "it does not say whether it has a log" }
        for need in needs {
            guard let value = settings[need.name], !need.values.contains(value) else { continue }
            let wanted = need.values.first.map { $0.isEmpty ? "''" : $0 } ?? ""
            return "\(need.reason): set \(need.name) to \(wanted), which is \(value), and let "
                + "sessions connect anew"
        }
        return nil
    }

    /// The file and offset at which the log ends, with the databases that it is limited to.
    private static func status(of connection: Connection) throws(MySQLError) -> Row? {
        do throws(MySQLError) {
            return try connection.query("SHOW MASTER STATUS").first
        } catch  where error.kind == .syntax {
            // MySQL from 8.4 on knows only this name.
            return try connection.query("SHOW BINARY LOG STATUS").first
        }
    }
}
