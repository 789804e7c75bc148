import TestSupport
import Testing

@testable import Doctor
@testable import Reconciler

@Suite("Doctor: what online copies need, and what they have left")
struct OnlineDoctorTests {
    /// `status message` of the checks that name online copies, or a copy.
    private func checks(_ fleet: OnlineFleet, _ hooks: PassHooks = PassHooks()) -> [String] {
        Doctor.run(fleet.fixture.pass, hooks).checks.filter {
            $0.message.contains("online") || $0.message.contains("the copy of")
        }.map { "\($0.status.rawValue) \($0.message)" }
    }

    @Test func aServerThatFitsAndTheFormerTableThatIsKept() throws {
        let fleet = try OnlineFleet(policy: "online: {below: 0B}")
        let fit = "ok its binary log has what online copies need"
        #expect(checks(fleet) == [fit])
        try fleet.write(OnlineFleet.after)
        _ = try fleet.pass()
        let found = checks(fleet)
        #expect(found.count == 2)
        #expect(
            found.contains {
                $0.contains(/^ok shop\/s0: .* the former table is `t__plumb_old` for \d+ s more$/)
            }, "\(found)")
    }

    @Test func aCopyThatNobodyGoesOnWith() throws {
        let fleet = try OnlineFleet()
        try fleet.write(OnlineFleet.after)
        // It dies behind its first part.
        _ = try? fleet.pass(dyingAt: 6)
        let found = checks(fleet)
        #expect(
            found.contains { $0.hasPrefix("warning shop/s0: the copy of `t` is not done: ") },
            "\(found)")
    }

    @Test func aServerWithoutALog() throws {
        let fleet = try OnlineFleet(on: MariaDBServer.shared)
        #expect(
            checks(fleet).contains { $0.hasPrefix("failed no table can be copied online: ") })
        try fleet.set("drift: report")
        #expect(checks(fleet).isEmpty)
    }

    @Test func anAccountThatMayNot() throws {
        let fleet = try OnlineFleet()
        let user = "copier\(UInt32.random(in: 0 ..< .max))"
        try fleet.root.execute("CREATE USER \(user)@localhost")
        try fleet.root.execute(
            "GRANT SELECT, CREATE, ALTER, INDEX, DROP, REFERENCES ON `\(fleet.database)`.* TO "
                + "\(user)@localhost")
        let text = try fleet.fixture.read("plumb.yaml")
        try fleet.fixture.write(
            text.replacing("connection: {user: root", with: "connection: {user: \(user)"),
            to: "plumb.yaml")
        try fleet.fixture.commit()
        let found = checks(fleet)
        #expect(
            found.contains("failed no REPLICATION SLAVE, which online copies need"), "\(found)")
        #expect(
            found.contains(
                "failed no INSERT, UPDATE, DELETE, LOCK TABLES on `\(fleet.database)`, which "
                    + "online copies need"), "\(found)")
    }
}
