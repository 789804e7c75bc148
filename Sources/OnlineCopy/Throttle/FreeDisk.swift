import MySQLClient

/// What a server says of its disk.
enum FreeDisk {
    /// The bytes that are free where the server has its data; nil where it does not tell: only
    /// MariaDB with its plugin `DISKS` does, and only to accounts with `FILE`.
    static func bytes(asking connection: Connection) throws(MySQLError) -> Int? {
        do throws(MySQLError) {
            let rows = try connection.query(
                "SELECT Available, Path FROM information_schema.DISKS WHERE @@global.datadir LIKE "
                    + "CONCAT(TRIM(TRAILING '/' FROM Path), '/%') ORDER BY LENGTH(Path) DESC "
                    + "LIMIT 1")
            return rows.first?[0].flatMap { Int($0) }.map { $0 * 1_024 }
        } catch {
            // A lost session is another matter than a table that is not there.
            guard connection.isUsable else { throw error }
            return nil
        }
    }
}
