import Testing

@testable import Observed
@testable import TestSupport

/// What is read beside tables, where that is asked for.
@Suite struct ObjectReadingTests {
    private static let statements = [
        "CREATE TABLE t (id INT PRIMARY KEY)", "CREATE VIEW v AS SELECT id FROM t",
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
        "CREATE PROCEDURE p() SELECT 1", "CREATE FUNCTION p() RETURNS INT RETURN 1",
        // Without STARTS the server writes down the second in which the event was made.
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1",
        "CREATE SEQUENCE s",
    ]

    private static let all: Set<ObjectName.Kind> = [
        .view, .trigger, .procedure, .function, .event, .sequence,
    ]

    private static func target(
        _ target: ObservationTarget, _ kinds: Set<ObjectName.Kind>
    ) -> ObservationTarget {
        ObservationTarget(
            id: target.id, server: target.server, database: target.database, kinds: kinds)
    }

    private static let cases: [(kinds: Set<ObjectName.Kind>, names: [String])] = [
        ([], ["t"]),
        ([.view], ["t", "view:v"]),
        ([.trigger, .function], ["function:p", "t", "trigger:g"]),
        (
            all,
            ["event:e", "function:p", "procedure:p", "sequence:s", "t", "trigger:g", "view:v"]
        ),
    ]

    @Test(arguments: cases)
    func onlyWhatIsAskedForIsRead(_ kinds: Set<ObjectName.Kind>, _ names: [String]) throws {
        let fleet = try ObservedFleet()
        let target = Self.target(try fleet.add(Self.statements), kinds)
        let shard = try fleet.known(target)
        #expect(shard.schema.tables.keys.sorted() == names)
        let others = shard.otherObjects.values.reduce(0, +)
        #expect(others == Self.all.subtracting(kinds).count)
    }

    @Test func shardsThatAreAlikeShareTheirDigests() throws {
        let fleet = try ObservedFleet()
        let targets = try (0..<5).map { _ in
            Self.target(try fleet.add(Self.statements), Self.all)
        }
        let schemas = fleet.observe(.exact, targets).values.compactMap { $0.shard?.schema }
        #expect(schemas.count == 5)
        #expect(Set(schemas.map(\.digest)).count == 1)
    }

    @Test func changedObjectIsSeenWithoutFingerprints() throws {
        let fleet = try ObservedFleet()
        let target = Self.target(try fleet.add(Self.statements), Self.all)
        let before = try fleet.known(target, .unlessUnchanged)
        try fleet.run(["CREATE OR REPLACE PROCEDURE p() SELECT 2"], in: target)
        let after = try fleet.known(target, .unlessUnchanged)
        let changed = before.schema.tables.filter { after.schema.tables[$0.key] != $0.value }
        #expect(Array(changed.keys) == ["procedure:p"])
    }

    @Test func liveObjectIsReadByItsEncodedName() throws {
        let fleet = try ObservedFleet()
        let target = Self.target(try fleet.add(Self.statements), Self.all)
        let known = try fleet.known(target)
        let connection = try fleet.server.connect(database: target.database)
        for (name, digest) in known.schema.tables {
            let read = try LiveTable.read(
                object: ObjectName(encoded: name), database: target.database, on: connection,
                catalog: fleet.catalog)
            #expect(read?.digest == digest, "\(name)")
        }
        for kind in ObjectName.Kind.allCases {
            let read = try LiveTable.read(
                object: ObjectName(kind, "nobody"), database: target.database, on: connection,
                catalog: fleet.catalog)
            #expect(read == nil, "\(kind)")
        }
        #expect(throws: MySQLError.self) {
            try LiveTable.read(
                object: "view:v", database: "no_such_database", on: connection,
                catalog: fleet.catalog)
        }
    }

    /// A server lists nothing that an account may not see: that must never read as absent.
    @Test(arguments: [
        (ObjectName.Kind.trigger, "TRIGGER"), (.event, "EVENT"), (.procedure, "ALTER ROUTINE"),
        (.view, "SHOW VIEW"),
    ])
    func hiddenObjectsMakeTheShardUnknown(_ kind: ObjectName.Kind, _ grant: String) throws {
        let fleet = try ObservedFleet()
        let target = Self.target(try fleet.add(Self.statements), [kind])
        let database = SQL.identifier(target.database)
        let blind = try fleet.limited(["SELECT ON \(database).*"])
        #expect(try blind.problem(target).code == "missing-grant")
        var grants = ["SELECT, \(grant) ON \(database).*"]
        if kind == .procedure { grants.append("SELECT ON mysql.proc") }
        let seeing = try fleet.limited(grants)
        #expect(try seeing.known(target).schema.tables.count == 2)
    }
}
