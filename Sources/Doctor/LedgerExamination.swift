import Basics
import Desired
import Execution
import Foundation
import Git
import Ledger
import Reconciler
import Schema

/// Checks that the ledger is valid, has free space and can be written, and who holds its lease.
/// Creates none.
struct LedgerExamination {
    private(set) var checks: [DoctorReport.Check] = []

    /// With less free space, in bytes, a rollout might not be recorded.
    private static let leastFreeBytes: UInt64 = 100 << 20
    /// How many problems are listed; of the others only the number is given.
    private static let mostProblems = 20

    init(
        request: PassRequest, fleet: Fleet?, environment: Desired.Environment?,
        places: SecretPlaces, clock: any Clock
    ) {
        let place: LedgerPlace
        do {
            guard let found = try Self.place(request, fleet, places) else {
                add(
                    "ledger", .unknown, "not checked: its place is not known",
                    "correct \(Fleet.fileName), or name it with `--ledger`")
                return
            }
            place = found
        } catch {
            add("ledger", .failed, "\(error)", nil)
            return
        }
        switch place {
        case .folder(let path): examineSpace(path)
        case .database(let access):
            checks += SecretsExamination(connection: access.connection, places: places).checks
                .map(\.ofLedger)
            checks += LedgerServers(access: access, clock: clock).checks
        }
        examine(place)
        if let environment, case .folder(let path) = place {
            examineLease(path, environment.name)
        }
    }

    private static func place(
        _ request: PassRequest, _ fleet: Fleet?, _ places: SecretPlaces
    ) throws -> LedgerPlace? {
        if let fleet { return try LedgerPlace(request, fleet, places: places) }
        return request.ledger == nil ? nil : try LedgerPlace.named(request, places: places)
    }

    private mutating func examine(_ place: LedgerPlace) {
        do {
            let ledger = try place.open()
            guard try ledger.isThere else {
                return add(place.description, .ok, "not there yet: the first pass makes it")
            }
            try examine(ledger)
            if case .database = place { try examineLeases(ledger) }
        } catch let error as any RemediedError {
            add(place.description, .failed, error.fault, error.remedy)
        } catch {
            add(place.description, .failed, "\(error)")
        }
    }

    private mutating func add(
        _ subject: String, _ status: DoctorReport.Check.Status, _ message: String,
        _ remedy: String? = nil
    ) {
        checks.append(DoctorReport.Check(.ledger, subject, status, message, remedy: remedy))
    }

    private mutating func examine(_ ledger: Ledger) throws(LedgerError) {
        try ledger.requireKnownLayouts()
        let report = try ledger.verify()
        for problem in report.problems.prefix(Self.mostProblems) {
            add(problem.place, .failed, problem.message, "run `plumb store verify`")
        }
        if report.problems.count > Self.mostProblems {
            add(
                ledger.path, .failed,
                Count.of(report.problems.count - Self.mostProblems, "further problem"),
                "run `plumb store verify`")
        }
        if report.isSound {
            add(
                ledger.path, .ok,
                "sound: \(Count.of(report.commits, "transition")) and "
                    + "\(Count.of(report.objects, "object")) of "
                    + Count.of(report.environments.count, "environment"))
        }
        if !report.strayFiles.isEmpty {
            add(
                ledger.path, .warning,
                "\(Count.of(report.strayFiles.count, "file")) that a writer left behind, which the next write "
                    + "removes")
        }
    }

    private mutating func examineSpace(_ path: String) {
        var folder = path
        while !FileManager.default.fileExists(atPath: folder), folder != "/", !folder.isEmpty {
            folder = (folder as NSString).deletingLastPathComponent
        }
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else {
            add(
                path, .unknown,
                "the free space cannot be read: \(String(cString: strerror(errno)))",
                "check the path and the rights on it")
            return
        }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        let text = "\(free >> 20) MB free"
        if free < Self.leastFreeBytes {
            add(path, .warning, "\(text): a rollout that cannot be recorded stops", "make room")
        } else {
            add(path, .ok, text)
        }
        if access(folder, W_OK) != 0 {
            add(
                path, .failed, "\(folder) cannot be written by this user",
                "let the user who runs plumb write it")
        }
    }

    /// Who works with a ledger that several machines share.
    private mutating func examineLeases(_ ledger: Ledger) throws(LedgerError) {
        let held = try ledger.claims(below: "").filter(\.isHeld)
        for standing in held {
            let lease = standing.lease
            let sign = standing.renewed.map { "; last sign of life \(Timestamp($0))" } ?? ""
            add(
                ledger.path, .ok,
                "\(lease.name) is held by \(lease.owner) since \(Timestamp(lease.taken))\(sign)")
        }
        if held.isEmpty { add(ledger.path, .ok, "nobody holds a lease") }
    }

    /// A lease file without a lock was left by a process that died.
    private mutating func examineLease(_ path: String, _ environment: String) {
        let file = "\(path)/leases/\(environment)"
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            add(path, .ok, "nobody reconciles \(environment)")
            return
        }
        defer { close(descriptor) }
        let holder = FileLock.holder(of: file)
        let isFree = flock(descriptor, LOCK_SH | LOCK_NB) == 0
        if isFree { flock(descriptor, LOCK_UN) }
        switch (isFree, holder.isEmpty) {
        case (false, _): add(path, .ok, "\(environment) is being reconciled by \(holder)")
        case (true, true): add(path, .ok, "nobody reconciles \(environment)")
        case (true, false):
            add(
                path, .warning,
                "nobody reconciles \(environment), and the last to do so did not end well: "
                    + "the next pass settles what it left (\(holder))")
        }
    }
}

extension DoctorReport.Check {
    /// The same check, listed with those of the ledger.
    fileprivate var ofLedger: DoctorReport.Check {
        var check = self
        check.area = .ledger
        return check
    }
}
