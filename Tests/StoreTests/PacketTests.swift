import MySQLClient
import Store
import TestSupport
import Testing

@testable import MySQLStore

@Suite("No statement is larger than what servers take at least") struct PacketTests {
    /// Objects of sizes at which two of them would just not fit into one statement.
    @Test(arguments: TestServer.available)
    func objectsOfAllSizesFitIntoOneMebibyte(_ kind: TestServer.Kind) throws {
        let server = try TestServer.start(kind, options: ["--max-allowed-packet=1M"])
        let database = try server.freshDatabase()
        let (address, settings) = (server.address, server.settings)
        let backend = MySQLBackend(
            place: "mysql://test/\(database)", database: database,
            servers: [
                StoreServer(name: "test") { () throws(MySQLError) in
                    try Connection(to: address, settings: settings)
                }
            ])
        try backend.make(version: 1)
        let part = MySQLBackend.partSize
        let sizes = [40, part - 66, part - 65, part - 64, part - 1, part, part + 1, 2 * part]
        // In every order that their ids may have.
        for first in sizes {
            for second in sizes {
                let objects = [first, second].enumerated().map { number, size in
                    let start = Array("\(number) \(first) \(second) ".utf8)
                    return GitObject(
                        .blob, start + [UInt8](repeating: 0xa5, count: size - start.count))
                }
                try backend.put(objects)
                for object in objects { #expect(try backend.get(object.id)?.bytes == object.bytes) }
            }
        }
    }
}
