import Basics
import MySQLClient
import Schema
import Store

extension MySQLBackend {
    /// The most bytes of an object in one row: twice that, as digits, is well below the smallest
    /// `max_allowed_packet` that servers are run with (1 MiB).
    static let partSize = 1 << 18
    /// Ids that are asked for at once.
    private static let batch = 500

    package func get(_ id: ObjectID) throws(StoreError) -> GitObject? {
        try requireMade()
        let rows = try reading { connection throws(MySQLError) in
            try connection.query(
                "SELECT kind, length, bytes FROM \(StoreTables.objects) WHERE id = "
                    + "\(StoreTables.literal(id)) ORDER BY part")
        }
        guard let first = rows.first else { return nil }
        let bytes = rows.flatMap { $0.bytes(2) ?? [] }
        guard let kind = first[0].flatMap(ObjectKind.init(rawValue:)),
            let length = first[1].flatMap({ Int($0) }), bytes.count == length,
            GitObject(kind, bytes).id == id
        else { throw Self.damaged(id) }
        return GitObject(kind, bytes, read: id)
    }

    private static func damaged(_ id: ObjectID) -> StoreError {
        StoreError(.corrupt, "object \(id) has other bytes than its id says")
    }

    package func absent(of ids: [ObjectID]) throws(StoreError) -> Set<ObjectID> {
        try requireMade()
        return try reading { connection throws(MySQLError) in
            try Self.absent(of: ids, on: connection)
        }
    }

    static func absent(
        of ids: [ObjectID], on connection: Connection
    ) throws(MySQLError) -> Set<ObjectID> {
        var absent = Set(ids)
        var rest = ArraySlice(Array(absent))
        while !rest.isEmpty {
            let list = rest.prefix(batch).map(StoreTables.literal).joined(separator: ", ")
            rest = rest.dropFirst(batch)
            let rows = try connection.query(
                "SELECT id FROM \(StoreTables.objects) WHERE part = 0 AND id IN (\(list))")
            for row in rows {
                if let bytes = row.bytes(0) { absent.remove(ObjectID(bytes: bytes)) }
            }
        }
        return absent
    }

    package func objects(after id: ObjectID?, limit: Int) throws(StoreError) -> [ObjectID] {
        try requireMade()
        let after = id.map { "AND id > \(StoreTables.literal($0)) " } ?? ""
        return try reading { connection throws(MySQLError) in
            try connection.query(
                "SELECT id FROM \(StoreTables.objects) WHERE part = 0 \(after)ORDER BY id LIMIT "
                    + "\(limit)"
            ).compactMap { $0.bytes(0).map { ObjectID(bytes: $0) } }
        }
    }

    package func put(_ objects: [GitObject]) throws(StoreError) {
        try Self.check(objects)
        try requireMade()
        try requireCurrentTables()
        guard !objects.isEmpty else { return }
        try transaction { connection throws(MySQLError) in
            try Self.insert(objects, on: connection)
        }
    }

    package func replace(
        _ objects: [GitObject], discarding ids: [ObjectID]
    ) throws(StoreError) {
        try Self.check(objects)
        var damaged: [ObjectID] = []
        for id in Set(objects.map(\.id)).union(ids) {
            do throws(StoreError) { _ = try get(id) } catch  where error.code == .corrupt {
                damaged.append(id)
            }
        }
        guard !objects.isEmpty || !damaged.isEmpty else { return }
        try requireCurrentTables()
        try transaction { [damaged] connection throws(MySQLError) in
            for id in damaged {
                try connection.execute(
                    "DELETE FROM \(StoreTables.objects) WHERE id = \(StoreTables.literal(id))")
            }
            try Self.insert(objects, on: connection)
        }
    }

    /// What was read beside its id may not be what the id says.
    static func check(_ objects: [GitObject]) throws(StoreError) {
        for object in objects
        where !object.isHashed && GitObject(object.kind, object.bytes).id != object.id {
            throw damaged(object.id)
        }
    }

    /// Keeps objects; those that are there already are left as they are.
    static func insert(
        _ objects: [GitObject], on connection: Connection
    ) throws(MySQLError) {
        // In one order for all writers, so that they wait for each other and do not block.
        let absent = try absent(of: objects.map(\.id), on: connection)
        var seen: Set<ObjectID> = []
        let new = objects.filter { absent.contains($0.id) && seen.insert($0.id).inserted }
            .sorted { $0.id < $1.id }
        var rows: [String] = []
        var size = 0
        for object in new {
            var start = 0
            repeat {
                let part = object.bytes[start...].prefix(partSize)
                // Two halves of a statement may be too much together.
                if size + part.count > partSize { try flush(&rows, &size, on: connection) }
                rows.append(
                    "(\(StoreTables.literal(object.id)), \(start / partSize), "
                        + "'\(object.kind.rawValue)', \(object.bytes.count), "
                        + "\(StoreTables.literal(part)))")
                size += part.count + 64
                start += partSize
                if size >= partSize { try flush(&rows, &size, on: connection) }
            } while start < object.bytes.count
        }
        try flush(&rows, &size, on: connection)
    }

    private static func flush(
        _ rows: inout [String], _ size: inout Int, on connection: Connection
    ) throws(MySQLError) {
        guard !rows.isEmpty else { return }
        try connection.execute(
            "INSERT INTO \(StoreTables.objects) (id, part, kind, length, bytes) VALUES "
                + "\(rows.joined(separator: ", ")) ON DUPLICATE KEY UPDATE part = "
                + "\(StoreTables.objects).part")
        rows = []
        size = 0
    }
}
