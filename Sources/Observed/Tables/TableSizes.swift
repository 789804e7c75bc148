import Execution
import MySQLClient
import Schema

/// The servers' estimates of the rows and bytes of tables.
package enum TableSizes {
    /// An estimate: InnoDB samples some pages from time to time.
    package struct Estimate: Hashable, Sendable {
        package let rows: UInt64
        /// Bytes of the data and all indexes.
        package let bytes: UInt64

        package init(rows: UInt64, bytes: UInt64) {
            self.rows = rows
            self.bytes = bytes
        }
    }

    /// What servers said.
    package struct Answers: Sendable {
        /// A table of which its server has no estimate is left out.
        package fileprivate(set) var estimates: [OperationKey: Estimate] = [:]
        /// Why servers did not answer: nothing is known of any of their tables.
        package fileprivate(set) var failures: [ServerAddress: MySQLError] = [:]

        /// Of no table anything is known.
        package init() {}
    }

    /// The sizes of `tables`.
    ///
    /// One query per server; a second one where the account may not read `mysql.*`, or for tables
    /// of other engines.
    package static func read(
        _ tables: [ObservationTarget: Set<String>], pool: ConnectionPool, totalConcurrency: Int
    ) -> Answers {
        let servers = Dictionary(grouping: tables.keys, by: \.server).map { server, targets in
            ServerQuestion(
                server: server,
                wanted: Dictionary(
                    targets.map { ($0.database, tables[$0, default: []]) },
                    uniquingKeysWith: { $0.union($1) }))
        }
        let answers = Workers.map(servers, total: totalConcurrency, perKey: 1, key: \.server) {
            question in
            pool.using(question.server) { connection throws(MySQLError) in
                try question.ask(on: connection)
            }
        }
        var byServer: [ServerAddress: [String: [String: Estimate]]] = [:]
        var result = Answers()
        for (question, answer) in zip(servers, answers) {
            switch answer {
            case .success(let found): byServer[question.server] = found
            case .failure(let error): result.failures[question.server] = error
            }
        }
        for (target, names) in tables {
            for name in names {
                let key = OperationKey(shard: target.id, object: ObjectName(.table, name))
                result.estimates[key] = byServer[target.server]?[target.database]?[name]
            }
        }
        return result
    }

    /// The tables whose sizes are wanted from one server.
    private struct ServerQuestion: Sendable {
        let server: ServerAddress
        /// Names of tables by database.
        let wanted: [String: Set<String>]

        func ask(
            on connection: Connection
        ) throws(MySQLError) -> [String: [String: Estimate]] {
            var result = try statistics(on: connection)
            for (database, tables) in wanted {
                let missing = tables.filter { result[database]?[$0] == nil }
                guard !missing.isEmpty else { continue }
                result[database, default: [:]].merge(
                    try listed(missing, in: database, on: connection)
                ) { known, _ in known }
            }
            return result
        }

        /// What InnoDB keeps in tables of its own; nothing where they cannot be read.
        private func statistics(
            on connection: Connection
        ) throws(MySQLError) -> [String: [String: Estimate]] {
            let names = wanted.keys.map(SQL.literal).joined(separator: ", ")
            // Partitions have rows of their own; they match by the part of their name before `#P#`.
            let tables = Set(wanted.values.joined()).map(SQL.literal).joined(separator: ", ")
            let rows: [Row]
            do throws(MySQLError) {
                rows = try connection.query(
                    """
                    SELECT database_name, table_name, n_rows,
                    (clustered_index_size + sum_of_other_index_sizes) * @@innodb_page_size
                    FROM mysql.innodb_table_stats WHERE database_name IN (\(names))
                    AND SUBSTRING_INDEX(SUBSTRING_INDEX(table_name, '#P#', 1), '#p#', 1)
                    IN (\(tables))
                    """)
            } catch  where connection.isUsable {
                // Nothing is lost: whatever is not found here is asked of the list of tables.
                return [:]
            }
            var result: [String: [String: Estimate]] = [:]
            for row in rows {
                guard let database = row[0], let name = row[1], let tables = wanted[database]
                else { continue }
                // A partitioned table has one row for each partition.
                let table = tables.contains(name) ? name : PartitionName.table(of: name)
                guard tables.contains(table), let part = Estimate(row, from: 2) else { continue }
                let sum = result[database]?[table] ?? Estimate(rows: 0, bytes: 0)
                result[database, default: [:]][table] = Estimate(
                    rows: sum.rows &+ part.rows, bytes: sum.bytes &+ part.bytes)
            }
            return result
        }

        private func listed(
            _ tables: Set<String>, in database: String, on connection: Connection
        ) throws(MySQLError) -> [String: Estimate] {
            let names = tables.map(SQL.literal).joined(separator: ", ")
            let rows = try connection.query(
                "SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH "
                    + "FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
                    + "\(SQL.literal(database)) AND TABLE_NAME IN (\(names))")
            var result: [String: Estimate] = [:]
            for row in rows {
                if let name = row[0], let estimate = Estimate(row, from: 1) {
                    result[connection.nameFolding.stored(name)] = estimate
                }
            }
            return result
        }
    }
}

extension TableSizes.Estimate {
    fileprivate init?(_ row: Row, from column: Int) {
        guard let rows = UInt64(row[column] ?? ""), let bytes = UInt64(row[column + 1] ?? "")
        else { return nil }
        self.init(rows: rows, bytes: bytes)
    }
}
